#pragma once
// A pipe that nobody reads, and that is full or will soon be.

#include <fcntl.h>

#include <array>
#include <string>

#include "proxy/linux/descriptor.hpp"
#include "proxy/linux/system_error.hpp"

namespace latesyn {

class UnreadPipe {
 public:
  static constexpr int kSize = 4096;

  /// With room for so many bytes. Throws std::runtime_error.
  explicit UnreadPipe(int room = 0) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("make a pipe");
    read_ = Descriptor(ends[0]);
    write_ = Descriptor(ends[1]);
    const std::string full(static_cast<std::size_t>(kSize - room), 'x');
    if (::fcntl(write_.get(), F_SETPIPE_SZ, kSize) != kSize ||
        ::write(write_.get(), full.data(), full.size()) != kSize - room) {
      throw system_error("fill a pipe");
    }
  }
  int end() const { return write_.get(); }

 private:
  Descriptor read_, write_;
};

}  // namespace latesyn
