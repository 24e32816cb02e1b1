#pragma once
// Writes to a descriptor on a thread of its own, so that a slow reader, a full pipe or a hanging
// disk stops that thread only. What finds no room is left out, and counted.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <thread>

#include "proxy/linux/descriptor.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

class BackgroundWriter {
 public:
  enum class OnError : std::uint8_t { give_up, go_on };

  /// So many bytes wait at most. After an error nothing more is written, or the next record is
  /// tried. `on_failure` is told of the first error's number, on the writer's thread. That starts
  /// with the first record: a process may be forked before.
  BackgroundWriter(Descriptor fd, std::size_t room, OnError on_error,
                   std::function<void(int)> on_failure = {});
  /// Does not wait for what is not written yet: drain() does.
  ~BackgroundWriter();
  BackgroundWriter(const BackgroundWriter&) = delete;
  BackgroundWriter& operator=(const BackgroundWriter&) = delete;

  /// One record, which is written whole or not at all, with the next flush(). False where there is
  /// no room for it. Never waits for the descriptor.
  bool put(std::span<const std::byte> record);
  void flush();
  /// Waits until all is written; no longer than a second in which nothing gets on, and than
  /// `limit`.
  void drain(Duration limit = std::chrono::seconds(10));
  /// Records that were left out or could not be written, and those that wait still.
  std::uint64_t missing() const;

 private:
  struct Records;
  struct Shared;
  void start();

  std::shared_ptr<Shared> shared_;  // with the thread, which may outlive us in a system call
  std::thread thread_;
};

}  // namespace latesyn
