#pragma once
// What the impairments share that make a packet of ours because of a segment: whether that goes on,
// and when ours leaves.

#include "impair/making/impairment.hpp"
#include "impair/making/trigger_parameter.hpp"

namespace latesyn {

inline constexpr std::array<std::string_view, 2> kOriginalFates{"passes", "dropped"};
constexpr Parameter original_parameter() {
  return {"original", ParameterKind::choice, "passes", "what becomes of the segment itself",
          kOriginalFates};
}
constexpr Parameter once_parameter() {
  return trigger_parameter("once", "arrived",
                           "what has to happen before the wait of `after` starts");
}
constexpr Parameter after_parameter() {
  return {"after", ParameterKind::duration, "0s", "how long after that it leaves"};
}

class Cause {
 public:
  explicit Cause(const Parameters& p)
      : passes_(p.choice("original") == "passes"),
        once_(trigger(p.choice("once"))),
        after_(p.duration("after")) {}

  bool passes() const { return passes_; }
  Trigger once() const { return once_; }
  Forges forges() const {
    return once_ == Trigger::arrived && after_ == Duration::zero() ? Forges::now : Forges::later;
  }

  /// Appends the segment itself, unless it is dropped, and behind it `ours`, made because of it,
  /// which has all but the time and the side that it goes to. Ours goes the other way where it is
  /// for the segment's sender.
  void put(Departure departure, Departure ours, bool to_sender, Departures& out) const {
    ours.to = to_sender ? other(departure.to) : departure.to;
    ours.origin = Origin::forged;
    ours.once = once_;
    ours.after = longer(departure.after, after_);
    if (passes_) out.push_back(std::move(departure));
    out.push_back(std::move(ours));
  }

  /// "is dropped, and 2s after its arrival", to go on with what is made.
  std::string text() const {
    const bool at_once = once_ == Trigger::arrived && after_ == Duration::zero();
    return std::string(passes_ ? "goes on, and " : "is dropped, and ") +
           (at_once ? "at once"
                    : (after_ == Duration::zero() ? "once " : "") + once_text(once_, after_));
  }

 private:
  bool passes_;
  Trigger once_;
  Duration after_;
};

}  // namespace latesyn
