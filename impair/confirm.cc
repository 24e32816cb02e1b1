// confirm: the handshake with two messages. The server's SYN-ACK is taken for the whole agreement:
// the proxy acknowledges it in the client's place, and the client never hears of it.

#include "impair/impairment.hpp"
#include "proxy/values/segment_spec.hpp"

namespace latesyn {
namespace {

class Confirm final : public Impairment {
 public:
  explicit Confirm(const Parameters&) {}

  void apply(Departure departure, Rng&, Departures& out) const override {
    const auto syn_ack = std::get<TcpView>(TcpView::over(departure.packet.bytes));
    const auto theirs = syn_ack.timestamps();
    departure.packet = build({
        .from = syn_ack.to(),
        .to = syn_ack.from(),
        .seq = syn_ack.ack(),
        .ack = syn_ack.seq() + 1,
        .flags = {.ack = true},
        // A Linux server takes the ACK only if its echo is a value that the server sent, and the
        // value is not older than the SYN's (RFC 7323 sections 3.2 and 5.3).
        .timestamps =
            theirs ? std::optional(Timestamps{theirs->echo, theirs->value}) : std::nullopt,
    });
    departure.to = other(departure.to);
    departure.origin = Origin::forged;
    out.push_back(std::move(departure));
  }
  std::string sentence() const override {
    return "is swallowed, and acknowledged to its sender in the other end's place";
  }
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
