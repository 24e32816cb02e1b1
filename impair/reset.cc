// reset: the segment goes no further, and one end or both get a RST in the other's name.

#include "impair/making/forged_segment.hpp"
#include "impair/making/impairment.hpp"

namespace latesyn {
namespace {

constexpr std::array<std::string_view, 3> kEnds{"both", "sender", "receiver"};
constexpr std::array kParameters{
    Parameter{"to", ParameterKind::choice, "both", "who gets a RST", kEnds},
};

class Reset final : public Impairment {
 public:
  explicit Reset(const Parameters& p) : to_(p.choice("to")) {}

  void apply(Departure departure, Passing&, Departures& out) const override {
    const Packet packet = std::move(departure.packet);
    const auto view = std::get<TcpView>(TcpView::over(packet.bytes));
    departure.origin = Origin::forged;
    const auto put = [&](const SegmentSpec& rst, bool answers) {
      departure.packet = build(rst);
      departure.numbers = numbers_of(rst, answers);
      out.push_back(departure);
    };
    if (to_ != "sender") put(rst_in_place_of(view), false);
    departure.to = other(departure.to);
    if (to_ != "receiver") put(rst_in_answer_to(view), true);
  }
  std::string sentence() const override {
    return "is swallowed, and " + (to_ == "both" ? "both ends get" : "its " + to_ + " gets") +
           " a RST";
  }
  Effects effects() const override { return {.forges = Forges::now}; }

 private:
  std::string to_;
};

const Registered registered({
    .name = "reset",
    .about = "The segment goes no further, and one end or both get a RST in the other's name.",
    .parameters = kParameters,
    .make = make_impairment<Reset>,
});

}  // namespace
}  // namespace latesyn
