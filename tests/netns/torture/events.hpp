#pragma once
// The trouble that can be made, one function each: a new kind is a row of the table here.

#include <span>
#include <string_view>

#include "tests/netns/torture/scene.hpp"

namespace latesyn::torture {

struct Event {
  std::string_view name;
  void (*happens)(Scene& scene);
};

/// All kinds but the end of latesyn's life.
std::span<const Event> events();

}  // namespace latesyn::torture
