// replay: the packet goes on at once, and copies of it come later.

#include "impair/making/impairment.hpp"
#include "impair/making/trigger_parameter.hpp"

namespace latesyn {
namespace {

constexpr std::array kParameters{
    trigger_parameter("once", "closed", "what has to happen before the wait of `after` starts"),
    Parameter{"after", ParameterKind::duration, "0s", "how long after that the first copy leaves"},
    Parameter{"count", ParameterKind::count, "1", "how many copies there are"},
    Parameter{"spacing", ParameterKind::duration, "1s", "the time between one copy and the next"},
};

class Replay final : public Impairment {
 public:
  explicit Replay(const Parameters& p)
      : once_(trigger(p.choice("once"))),
        after_(p.duration("after")),
        count_(p.count("count")),
        spacing_(p.duration("spacing")) {}

  void apply(Departure departure, Passing&, Departures& out) const override {
    out.push_back(departure);
    departure.origin = copy_of(departure.origin);
    departure.once = once_;
    departure.after = longer(departure.after, after_);
    for (std::uint32_t i = 0; i < count_; ++i) {
      out.push_back(departure);
      departure.after = longer(departure.after, spacing_);
    }
  }
  std::string sentence() const override {
    const std::string copies = count_ == 1 ? "a copy of it comes "
                                           : std::to_string(count_) + " copies of it, " +
                                                 to_text(spacing_) + " apart, come ";
    return "goes on, and " + copies + (after_ == Duration::zero() ? "once " : "") +
           once_text(once_, after_);
  }
  Effects effects() const override { return {.waits_for = once_}; }

 private:
  Trigger once_;
  Duration after_;
  std::uint32_t count_;
  Duration spacing_;
};

const Registered registered({
    .name = "replay",
    .about = "The packet goes on, and copies of it come later.",
    .parameters = kParameters,
    .make = make_impairment<Replay>,
});

}  // namespace
}  // namespace latesyn
