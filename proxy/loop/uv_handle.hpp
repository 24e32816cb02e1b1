#pragma once
// A handle of libuv's that closes itself. libuv needs its memory for one more turn of the loop, so
// it can't be a plain member.

#include <uv.h>

#include <functional>
#include <memory>

namespace latesyn {

/// A uv_poll_t, uv_signal_t or uv_timer_t, and what to call when it has news.
template <typename Handle>
struct Watched {
  Handle handle{};
  std::function<void()> call;

  /// For use as the handle's callback, whatever else that is given.
  template <typename... More>
  static void called(Handle* handle, More...) {
    static_cast<Watched*>(handle->data)->call();
  }
};

struct CloseWatched {
  template <typename Handle>
  void operator()(Watched<Handle>* watched) const {
    void* handle = &watched->handle;
    uv_close(static_cast<uv_handle_t*>(handle),
             [](uv_handle_t* closed) { delete static_cast<Watched<Handle>*>(closed->data); });
  }
};

template <typename Handle>
using UvHandle = std::unique_ptr<Watched<Handle>, CloseWatched>;

/// `init` is given the handle and makes it libuv's: from then on it has to be closed.
template <typename Handle, typename Init>
UvHandle<Handle> make_uv_handle(std::function<void()> call, Init init) {
  auto watched = std::make_unique<Watched<Handle>>();
  watched->call = std::move(call);
  watched->handle.data = watched.get();
  init(&watched->handle);
  return UvHandle<Handle>(watched.release());
}

}  // namespace latesyn
