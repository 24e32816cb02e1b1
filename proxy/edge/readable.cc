#include "proxy/edge/readable.hpp"

#include <uv.h>

#include <stdexcept>
#include <string>

namespace latesyn {

struct Readable::Handle {
  uv_poll_t poll{};
  std::function<void()> on_readable;
};

Readable::Readable(uv_loop_s* loop, int fd, std::function<void()> on_readable) {
  auto handle = std::make_unique<Handle>();
  handle->on_readable = std::move(on_readable);
  handle->poll.data = handle.get();
  if (const int error = uv_poll_init(loop, &handle->poll, fd)) {
    throw std::runtime_error(std::string("could not wait for a descriptor: ") + uv_strerror(error));
  }
  handle_ = handle.release();
  uv_poll_start(&handle_->poll, UV_READABLE,
                [](uv_poll_t* poll, int, int) { static_cast<Handle*>(poll->data)->on_readable(); });
}

Readable::~Readable() {
  uv_poll_stop(&handle_->poll);
  uv_close(static_cast<uv_handle_t*>(static_cast<void*>(&handle_->poll)),
           [](uv_handle_t* handle) { delete static_cast<Handle*>(handle->data); });
}

}  // namespace latesyn
