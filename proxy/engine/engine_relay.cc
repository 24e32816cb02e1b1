// The engine where latesyn shakes hands itself: the way of a segment through the relay of its flow,
// and of what that says.

#include "proxy/engine/engine_state.hpp"
#include "proxy/packet/tcp_edit.hpp"

namespace latesyn {

Verdict Engine::State::pass_relay(Flow& flow, Relay& relay, Arrived note, const Incoming& packet,
                                  Time now, Actions& out) {
  const Segment segment = note.segment;
  const auto view = std::get<TcpView>(TcpView::over(packet.bytes));
  // The kernel's own shifting of a RST is not to be relied on (docs/decisions/0009), nor is it that
  // it leaves alone a server's which needs none.
  const bool is_safe = relay.join().same() && segment.from == Side::client;
  const bool in_place = packet.translated && segment.flags.rst && view.complete() && !is_safe;
  const bool plain =
      relay.stage() == Stage::joined && relay.join().same() && !segment.flags.syn && !in_place;
  if (!plain && !view.complete()) ++counters.incomplete;
  Treatment treatment = Treatment::pass;
  std::vector<Said> said;
  if (!plain && view.complete()) {
    const auto whole = packet.bytes.first(view.total_size());
    replacement.assign(whole.begin(), whole.end());
    // A bundle's is left to the kernel: over 64 KB it costs more than all the rest.
    const bool needs_checksum = packet.checksum_pending && !packet.bundle;
    if (needs_checksum) TcpEdit::over(replacement).complete_checksum();
    treatment = relays_.cross(flow, relay, segment, replacement, now, said);
  }
  const bool ended = treatment == Treatment::ended;
  if (!packet.translated && !segment.control()) splices_.came_back(flow);
  ++(ended ? counters.ended : counters.passed);
  note.fate = ended ? Fate::ended : Fate::passed;
  out.emplace_back(std::move(note));
  late_syns_.sent(flow, segment, now, out);
  if (!ended && flow.progress) flow.progress->arrived(segment);
  if (!ended) delivered(flow, segment, now, out);
  const auto place = ended ? place_for(said, segment, packet) : std::nullopt;
  say(flow, relay, segment, std::move(said), place, now, out);
  if (ended) return place ? Verdict::park : Verdict::drop;
  if (in_place) return send_in_place(other(segment.from), out);
  if (packet.translated) return Verdict::accept;
  return treatment == Treatment::changed ? Verdict::replace : Verdict::accept;
}

/// What `replacement` holds leaves in the place of the packet that is being decided on, by raw
/// socket.
Verdict Engine::State::send_in_place(Side to, Actions& out) {
  Packet packet{replacement};
  if (place_.stand.let_pass(packet.bytes)) {
    out.emplace_back(Transmit{to, std::move(packet)});
  } else {
    ++counters.hops_exceeded;
  }
  return Verdict::drop;
}

/// What is said last may take the place of the segment that ended here, where it goes the same way:
/// the kernel forwards it at the price of a verdict. Where connection tracking translates, it is
/// kept from SYNs only; what is said in the place of others would be tracked.
std::optional<std::uint32_t> Engine::State::place_for(const std::vector<Said>& said,
                                                      const Segment& cause,
                                                      const Incoming& packet) const {
  const bool same_way = !said.empty() && said.back().to == other(cause.from);
  return same_way && (cause.flags.syn || !splices_.offered()) ? packet.queue_id : std::nullopt;
}

void Engine::State::say(Flow& flow, const Relay& relay, const Segment& cause,
                        std::vector<Said> said, std::optional<std::uint32_t> place, Time now,
                        Actions& out) {
  splices_.follow(flow, relay, cause, now, out);
  for (Said& s : said) {
    const auto parsed = TcpView::over(s.packet.bytes);
    const auto* view = std::get_if<TcpView>(&parsed);
    const Segment segment = view == nullptr ? cause : flow.connection.forged(*view, cause);
    if (place && &s == &said.back()) {
      out.emplace_back(
          Judge{*place, flow.connection.flow(), Verdict::replace, std::move(s.packet)});
    } else {
      out.emplace_back(Transmit{s.to, std::move(s.packet)});
    }
    const std::string mode(name(relay.mode()));
    if (s.icmp) {
      out.emplace_back(IcmpSent{now, segment, s.to, *s.icmp, mode, now, true});
      continue;
    }
    Departed note{now, segment, s.to, Origin::forged, mode, now, true};
    const bool asks = s.to == Side::server && segment.flags.syn;
    if (asks && !segment.flags.ack) note.stripped = relay.stripped();
    for (std::size_t i = 0; i < kStripped.size(); ++i) counters.stripped[i] += note.stripped[i];
    out.emplace_back(std::move(note));
    delivered(flow, segment, now, out);
  }
}

}  // namespace latesyn
