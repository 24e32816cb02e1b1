#include "proxy/document/place.hpp"

#include <fmt/format.h>

#include "proxy/document/policy_error.hpp"

namespace latesyn {

void fail(const Place& place, std::string_view problem) {
  throw PolicyError(
      fmt::format("{}:{}:{}: {}", place.file, place.at.line, place.at.column, problem));
}

}  // namespace latesyn
