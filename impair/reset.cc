// reset: the segment goes no further, and one end or both get a RST in the other's name.

#include "impair/impairment.hpp"
#include "proxy/values/segment_spec.hpp"

namespace latesyn {
namespace {

constexpr std::array<std::string_view, 3> kEnds{"both", "sender", "receiver"};
constexpr std::array kParameters{
    Parameter{"to", ParameterKind::choice, "both", "who gets a RST", kEnds},
};

class Reset final : public Impairment {
 public:
  explicit Reset(const Parameters& p) : to_(p.choice("to")) {}

  void apply(Departure departure, Rng&, Departures& out) const override {
    const Packet packet = std::move(departure.packet);
    const auto view = std::get<TcpView>(TcpView::over(packet.bytes));
    const Side receiver = departure.to;
    departure.origin = Origin::forged;
    if (to_ != "sender") {
      // Exactly the next number that the receiver waits for, or it is not believed (RFC 5961).
      departure.packet = build({view.from(), view.to(), view.seq(), Seq{}, {.rst = true}, 0});
      out.push_back(departure);
    }
    if (to_ == "receiver") return;
    departure.packet = to_sender(view);
    departure.to = other(receiver);
    out.push_back(std::move(departure));
  }
  std::string sentence() const override {
    return "is swallowed, and " + (to_ == "both" ? "both ends get" : "its " + to_ + " gets") +
           " a RST";
  }

 private:
  /// As a closed port answers (RFC 9293 section 3.10.7.1).
  static Packet to_sender(const TcpView& view) {
    const Seq behind = view.seq() + view.sequence_size();
    if (view.flags().ack)
      return build({view.to(), view.from(), view.ack(), Seq{}, {.rst = true}, 0});
    return build({view.to(), view.from(), Seq{}, behind, {.rst = true, .ack = true}, 0});
  }
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
