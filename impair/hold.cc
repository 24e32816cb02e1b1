// hold: the packet waits for something to happen to its connection, and leaves some time after
// that.

#include "impair/making/impairment.hpp"
#include "impair/making/trigger_parameter.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

constexpr std::array kParameters{
    trigger_parameter("until", "arrived", "what has to happen before the wait of `after` starts"),
    Parameter{"after", ParameterKind::duration, "0s", "how long after that it leaves"},
};

class Hold final : public Impairment {
 public:
  explicit Hold(const Parameters& p)
      : until_(trigger(p.choice("until"))), after_(p.duration("after")) {}

  void apply(Departure departure, Passing&, Departures& out) const override {
    departure.once = until_;
    departure.after = longer(departure.after, after_);
    out.push_back(std::move(departure));
  }
  std::string sentence() const override { return "is held until " + once_text(until_, after_); }
  Effects effects() const override { return {.waits = Waits::alike, .waits_for = until_}; }

 private:
  Trigger until_;
  Duration after_;
};

const Registered registered({
    .name = "hold",
    .about = "The packet waits until something has happened to its connection, then for a time.",
    .parameters = kParameters,
    .make = make_impairment<Hold>,
});

}  // namespace
}  // namespace latesyn
