#pragma once
// Tells people what the rules do as they do it: a line for each decision, and no more of them than
// can be read. Decisions that are alike are told once in a while; what is left out is counted.

#include <atomic>
#include <map>
#include <mutex>
#include <string>

#include "proxy/notes/observer.hpp"

namespace latesyn {

/// May watch drivers on several threads.
class DecisionLog final : public Observer {
 public:
  /// In a second: lines, of these such as are alike, and notes that are looked at for that. The
  /// event log has them all.
  static constexpr unsigned kLinesMax = 25, kAlikeMax = 3, kLookedAtMax = 1000;
  /// Late SYNs whose outcome is remembered, the latest: a line says what became of one, and is not
  /// repeated where something else becomes known.
  static constexpr std::size_t kLateSynsMax = 1000;

  void on_note(const Note& note, Bytes packet) override;
  bool reads_packets() const override { return false; }
  /// Begins another second: says what of the last one was left out.
  void begin_second();

 private:
  struct Alike {
    unsigned told = 0, left_out = 0;
  };
  /// True where this outcome was the last that came to be known.
  bool has_told(const LateSyn& late);
  /// True where its line is to be written; else it is counted.
  bool tells(const std::string& kind);

  std::atomic<unsigned> looked_at_ = 0;
  std::atomic<std::uint64_t> left_out_ = 0;
  std::mutex mutex_;  // for what is below
  unsigned lines_ = 0;
  std::map<std::string, Alike> alike_;         // by kind_text()
  std::map<std::uint32_t, Outcome> outcomes_;  // by the late SYN's id
};

}  // namespace latesyn
