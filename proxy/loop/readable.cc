#include "proxy/loop/readable.hpp"

#include <stdexcept>
#include <string>

namespace latesyn {

Readable::Readable(uv_loop_t* loop, int fd, std::function<void()> on_readable)
    : poll_(make_uv_handle<uv_poll_t>(std::move(on_readable), [loop, fd](uv_poll_t* poll) {
        if (const int error = uv_poll_init(loop, poll, fd)) {
          throw std::runtime_error(std::string("could not wait for a descriptor: ") +
                                   uv_strerror(error));
        }
      })) {
  uv_poll_start(&poll_->handle, UV_READABLE, Watched<uv_poll_t>::called<int, int>);
}

}  // namespace latesyn
