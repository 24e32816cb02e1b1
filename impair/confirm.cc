// confirm: the handshake with two messages. The server's SYN-ACK is taken for the whole agreement:
// the proxy acknowledges it in the client's place, and the client never hears of it.

#include "impair/making/forged_segment.hpp"
#include "impair/making/impairment.hpp"

namespace latesyn {
namespace {

class Confirm final : public Impairment {
 public:
  explicit Confirm(const Parameters&) {}

  void apply(Departure departure, Passing&, Departures& out) const override {
    SegmentSpec ack = answer_to(std::get<TcpView>(TcpView::over(departure.packet.bytes)));
    ack.flags = {.ack = true};
    departure.packet = build(ack);
    departure.to = other(departure.to);
    departure.origin = Origin::forged;
    departure.numbers = numbers_of(ack, true);
    out.push_back(std::move(departure));
  }
  std::string sentence() const override {
    return "is swallowed, and acknowledged to its sender in the other end's place";
  }
  Effects effects() const override { return {.forges = Forges::now}; }
};

constexpr SegmentKinds kSynAcks = SegmentKinds().add(SegmentKind::syn_ack);

const Registered registered({
    .name = "confirm",
    .about = "The handshake with two messages: the SYN-ACK is swallowed and acknowledged here.",
    .parameters = {},
    .make = make_impairment<Confirm>,
    .meant_for = kSynAcks,
});

}  // namespace
}  // namespace latesyn
