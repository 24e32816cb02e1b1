#pragma once
// Calls a function whenever a descriptor is readable, on libuv's loop.

#include "proxy/loop/uv_handle.hpp"

namespace latesyn {

class Readable {
 public:
  /// `fd` must stay open as long as this lives. Throws std::runtime_error where it can't be polled.
  Readable(uv_loop_t* loop, int fd, std::function<void()> on_readable);

 private:
  UvHandle<uv_poll_t> poll_;
};

}  // namespace latesyn
