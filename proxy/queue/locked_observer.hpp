#pragma once
// Lets one observer watch several drivers, each on a thread of its own.

#include <mutex>

#include "proxy/notes/observer.hpp"

namespace latesyn {

class LockedObserver final : public Observer {
 public:
  /// `observer` must outlive this.
  explicit LockedObserver(Observer& observer) : observer_(observer) {}

  void on_note(const Note& note, Bytes packet) override {
    const std::lock_guard lock(mutex_);
    observer_.on_note(note, packet);
  }
  bool reads_packets() const override { return observer_.reads_packets(); }
  void on_settled(Time now) override {
    const std::lock_guard lock(mutex_);
    observer_.on_settled(now);
  }

 private:
  std::mutex mutex_;
  Observer& observer_;
};

}  // namespace latesyn
