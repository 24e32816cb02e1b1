#pragma once
// The segments that come from captures ([[replay]]), at the times that the policy gives them.

#include <optional>
#include <vector>

#include "proxy/engine/terms/engine_place.hpp"
#include "proxy/policy/policy.hpp"
#include "proxy/policy/rule_book.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

class Recordings {
 public:
  struct Recorded {
    Time due;
    RuleNumber rule;  // the [[replay]]
    Packet packet;
  };

  /// Those whose flows are that engine's; what is no segment is one engine's to count.
  Recordings(const std::vector<CaptureReplay>& replays, RuleBook& book, const EnginePlace& place);

  /// The next one that is due by `now`.
  std::optional<Recorded> take(Time now);
  std::optional<Time> next() const;
  /// Those that are still to come.
  std::size_t size() const { return all_.size() - done_; }

 private:
  std::vector<Recorded> all_;  // in order of time
  std::size_t done_ = 0;       // of them
};

}  // namespace latesyn
