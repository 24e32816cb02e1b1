// duplicate: the packet leaves, and copies follow it.

#include "impair/making/impairment.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

constexpr std::array kParameters{
    Parameter{"count", ParameterKind::count, "1", "how many copies follow"},
    Parameter{"spacing", ParameterKind::duration, "0s", "the time between one and the next"},
};

class Duplicate final : public Impairment {
 public:
  explicit Duplicate(const Parameters& p)
      : count_(p.count("count")), spacing_(p.duration("spacing")) {}

  void apply(Departure departure, Passing&, Departures& out) const override {
    out.push_back(departure);
    departure.origin = copy_of(departure.origin);
    for (std::uint32_t i = 0; i < count_; ++i) {
      departure.after = longer(departure.after, spacing_);
      out.push_back(departure);
    }
  }
  std::string sentence() const override {
    const std::string copies = count_ == 1 ? "one copy" : std::to_string(count_) + " copies";
    return "is followed by " + copies +
           (spacing_ == Duration::zero() ? " at once" : ", " + to_text(spacing_) + " apart");
  }

 private:
  std::uint32_t count_;
  Duration spacing_;
};

const Registered registered({
    .name = "duplicate",
    .about = "The packet leaves, and copies follow it.",
    .parameters = kParameters,
    .make = make_impairment<Duplicate>,
});

}  // namespace
}  // namespace latesyn
