#include "proxy/loop/mailbox.hpp"

#include <stdexcept>
#include <utility>

namespace latesyn {

Mailbox::Mailbox(Loop& loop)
    : wake_(make_uv_handle<uv_async_t>(
          [this] { run(); },
          [&loop](uv_async_t* handle) {
            if (const int error =
                    uv_async_init(loop.get(), handle, Watched<uv_async_t>::called<>)) {
              throw std::runtime_error(std::string("could not let threads wake each other: ") +
                                       uv_strerror(error));
            }
          })) {}

void Mailbox::put(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  uv_async_send(&wake_->handle);
}

void Mailbox::run() {
  std::vector<std::function<void()>> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (const auto& task : tasks) task();
}

std::size_t Mailbox::size() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size();
}

}  // namespace latesyn
