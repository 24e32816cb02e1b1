#pragma once
// Calls a function whenever a descriptor is readable, on libuv's loop.

#include <functional>
#include <memory>

struct uv_loop_s;

namespace latesyn {

class Readable {
 public:
  /// `fd` must stay open as long as this lives. Throws std::runtime_error where it can't be polled.
  Readable(uv_loop_s* loop, int fd, std::function<void()> on_readable);
  /// No call comes any more. The loop must run once more, to free the rest.
  ~Readable();
  Readable(const Readable&) = delete;
  Readable& operator=(const Readable&) = delete;

 private:
  struct Handle;
  Handle* handle_;  // owned; libuv frees it a turn after its closing
};

}  // namespace latesyn
