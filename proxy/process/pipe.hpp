#pragma once
// A pipe: what is written to one end is read at the other.

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "proxy/linux/descriptor.hpp"
#include "proxy/linux/system_error.hpp"

namespace latesyn {

struct Pipe {
  /// Throws std::runtime_error.
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("make a pipe");
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
  }
  Descriptor read, write;
};

}  // namespace latesyn
