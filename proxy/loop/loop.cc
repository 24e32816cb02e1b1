#include "proxy/loop/loop.hpp"

#include <stdexcept>

namespace latesyn {
namespace {

std::uint64_t milliseconds(Duration d) {
  return static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::milliseconds>(d).count());
}

}  // namespace

Loop::Loop() {
  if (const int error = uv_loop_init(&loop_)) {
    throw std::runtime_error(std::string("could not make an event loop: ") + uv_strerror(error));
  }
}

Loop::~Loop() {
  // One more turn frees the handles that were closed since the last one.
  uv_run(&loop_, UV_RUN_NOWAIT);
  uv_loop_close(&loop_);
}

SignalHandler::SignalHandler(Loop& loop, int signal, std::function<void()> on_signal)
    : handle_(make_uv_handle<uv_signal_t>(std::move(on_signal), [&loop](uv_signal_t* handle) {
        uv_signal_init(loop.get(), handle);
      })) {
  uv_signal_start(&handle_->handle, Watched<uv_signal_t>::called<int>, signal);
}

Housekeeper::Housekeeper(Loop& loop, Duration first, Duration period, std::function<void()> on_time)
    : handle_(make_uv_handle<uv_timer_t>(
          std::move(on_time), [&loop](uv_timer_t* handle) { uv_timer_init(loop.get(), handle); })) {
  uv_timer_start(&handle_->handle, Watched<uv_timer_t>::called<>, milliseconds(first),
                 milliseconds(period));
}

}  // namespace latesyn
