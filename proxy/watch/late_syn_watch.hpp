#pragma once
// Keeps the late SYNs that a run's notes tell of, for its report. It may watch drivers on several
// threads.

#include <mutex>

#include "proxy/notes/late_syn_list.hpp"
#include "proxy/notes/observer.hpp"

namespace latesyn {

class LateSynWatch final : public Observer {
 public:
  void on_note(const Note& note, Bytes) override {
    if (!std::holds_alternative<Judged>(note)) return;
    const std::lock_guard lock(mutex_);
    list_.hear(note);
  }
  bool reads_packets() const override { return false; }

  /// By id; once nothing is decided on any more.
  std::vector<LateSyn> all() const { return list_.all(); }

 private:
  std::mutex mutex_;
  LateSynList list_;
};

}  // namespace latesyn
