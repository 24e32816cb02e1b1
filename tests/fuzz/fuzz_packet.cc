// Any bytes at all may come from the queue. What TcpView takes for a segment must be safe to read,
// to classify, to confirm and to edit.

#include "impair/making/impairment.hpp"
#include "proxy/engine/terms/shared_state.hpp"
#include "proxy/packet/checksum.hpp"
#include "proxy/packet/tcp_edit.hpp"
#include "proxy/tcp/connection.hpp"
#include "tests/fuzz/require.hpp"

using namespace latesyn;
using test::require;

namespace {

void read(const TcpView& view, std::size_t size) {
  require(view.tcp_at() + 20 <= view.payload_at() && view.payload_at() <= view.total_size());
  require(view.payload_at() <= size);
  require(view.complete() == (view.total_size() <= size));
  require(view.payload_size() == view.total_size() - view.payload_at());
  require(view.sequence_size() >= view.payload_size());
  require(view.from().address.family() == view.family());
  require(EndpointRange::parse(view.to().address.text()).has_value());
  require(Flags::from_bits(view.flags().bits()) == view.flags());
  static_cast<void>(view.window());
  static_cast<void>(view.timestamps());
}

void confirm(const Segment& segment, const Packet& packet) {
  if (segment.kind != SegmentKind::syn_ack) return;
  Departures out;
  Rng rng{1};
  Passing passing{.now = {}, .segment = segment, .rng = rng};
  find_impairment("confirm")->make(Parameters({}))->apply({.packet = packet}, passing, out);
  require(out.size() == 1);
  const auto ack = std::get<TcpView>(TcpView::over(out[0].packet.bytes));
  require(ack.flags() == Flags{.ack = true});
  // What else the SYN-ACK brought is acknowledged with it (RFC 9293 section 3.10.7.3: "continue
  // processing at the sixth step").
  require(ack.ack() == segment.seq + 1 + segment.payload_size + (segment.flags.fin ? 1 : 0));
}

/// The same packet from both ends, in one connection: all kinds, copies and incarnations.
void classify(const TcpView& view, const Packet& packet) {
  Connection connection(FlowKey{view.from(), view.to()});
  SharedState shared;
  for (const Side side : {Side::client, Side::server, Side::client}) {
    const Segment segment = connection.sent(view, side, shared);
    require(!name(segment.kind).empty());
    connection.delivered(segment, Time{});
    static_cast<void>(connection.begins_stale(segment));
    confirm(segment, packet);
  }
}

void edit(Packet packet) {
  const auto before = std::get<TcpView>(TcpView::over(packet.bytes));
  const auto hops = before.hop_limit();
  TcpEdit editor = TcpEdit::over(packet.bytes);
  require(editor.take_hop() == (hops > 1));
  editor.complete_checksum();
  const auto after = std::get<TcpView>(TcpView::over(packet.bytes));
  require(after.hop_limit() == (hops > 1 ? hops - 1 : hops));
  const auto segment =
      Bytes(packet.bytes).subspan(after.tcp_at(), after.total_size() - after.tcp_at());
  require(tcp_checksum(after.from().address, after.to().address, segment) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = std::as_bytes(std::span(data, size));
  const auto view = TcpView::over(bytes);
  if (const auto* defect = std::get_if<Defect>(&view)) {
    require(!name(*defect).empty());
    return 0;
  }
  const auto& segment = std::get<TcpView>(view);
  read(segment, size);
  const Packet packet{{bytes.begin(), bytes.end()}};
  classify(segment, packet);
  if (segment.complete()) edit(packet);
  return 0;
}
