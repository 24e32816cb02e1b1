#include "proxy/engine/icmp_errors.hpp"

#include <utility>

#include "proxy/packet/icmp_quote.hpp"

namespace latesyn {
namespace {

const Flow* shifted_flow(FlowTable& flows, const std::optional<IcmpQuote>& quote) {
  const Flow* flow = quote ? flows.find(quote->from(), quote->to()) : nullptr;
  return flow != nullptr && flow->relay && !flow->relay->join().same() ? flow : nullptr;
}

/// Quoted is what crossed already: the way back. Returns to whom.
Side shift_back(const Flow& flow, const IcmpQuote& quote, MutableBytes error) {
  const Side to = flow.connection.ends().is_client(quote.from()) ? Side::client : Side::server;
  const Join& join = flow.relay->join();
  const auto [seq, ack] = to == Side::client ? std::pair(join.client_seq, join.server_seq)
                                             : std::pair(join.server_seq, join.client_seq);
  quote.shift(error, 0U - seq, ack);
  return to;
}

}  // namespace

Verdict cross_icmp(const Incoming& packet, const Stand& stand, FlowTable& flows, Counters& counters,
                   Actions& out) {
  const auto quote = IcmpQuote::over(packet.bytes);
  const Flow* flow = shifted_flow(flows, quote);
  if (flow == nullptr) {
    ++counters.icmp_passed;
    return Verdict::accept;
  }
  Packet own{{packet.bytes.begin(), packet.bytes.end()}};
  Side to = flow->connection.ends().is_client(quote->from()) ? Side::client : Side::server;
  if (!packet.translated) to = shift_back(*flow, *quote, own.bytes);
  // Conntrack takes an error for a segment of its flow, and would shift bytes that are no numbers:
  // only from our raw socket does it leave as it is.
  if (!stand.let_pass(own.bytes)) {
    ++counters.icmp_expired;
    return Verdict::drop;
  }
  ++counters.icmp_shifted;
  out.emplace_back(Transmit{to, std::move(own)});
  return Verdict::drop;
}

void tell_sender(Packet error, FlowTable& flows, Actions& out) {
  const auto quote = IcmpQuote::over(error.bytes);
  if (const Flow* flow = shifted_flow(flows, quote)) shift_back(*flow, *quote, error.bytes);
  out.emplace_back(Transmit{Side::client, std::move(error)});
}

}  // namespace latesyn
