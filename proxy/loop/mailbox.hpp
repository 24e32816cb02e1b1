#pragma once
// Tasks for a loop, from other threads: libuv's loops may be touched by their own thread only.

#include <functional>
#include <mutex>
#include <vector>

#include "proxy/loop/loop.hpp"

namespace latesyn {

class Mailbox {
 public:
  explicit Mailbox(Loop& loop);

  /// From any thread. The loop runs it in one of its next turns.
  void put(std::function<void()> task);
  /// Runs all that wait, in order; on the loop's thread.
  void run();
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;
  UvHandle<uv_async_t> wake_;
};

}  // namespace latesyn
