#include "proxy/watch/capture.hpp"

#include "proxy/notes/note_text.hpp"
#include "proxy/packet/tcp_view.hpp"

namespace latesyn {
namespace {

/// The number of the link between an end and the proxy.
constexpr std::uint32_t link_of(Side side) { return side == Side::client ? 0 : 1; }

/// The packet's size on the wire; notes are about packets that a TcpView can read.
std::size_t size_on_wire(Bytes packet) {
  const auto view = TcpView::over(packet);
  const auto* segment = std::get_if<TcpView>(&view);
  return segment == nullptr ? packet.size() : segment->total_size();
}

}  // namespace

Capture::Capture(OutputFile& file, WallTime started, const Stand& stand)
    : file_(file), writer_(file, "latesyn " LATESYN_VERSION), started_(started), stand_(stand) {
  writer_.add_interface("client");
  writer_.add_interface("server");
}

void Capture::on_note(const Note& note, Bytes packet) {
  if (packet.empty()) return;
  if (const auto* arrived = std::get_if<Arrived>(&note)) add(*arrived, packet);
  if (const auto* departed = std::get_if<Departed>(&note)) add_sent(*departed, packet);
  if (const auto* error = std::get_if<IcmpSent>(&note)) add_sent(*error, packet);
}

void Capture::add(const Arrived& note, Bytes packet) {
  const std::string comment = decision_text(note);
  CapturedPacket captured{.interface = link_of(note.segment.from),
                          .at = started_ + note.at.time_since_epoch(),
                          .direction = Direction::in,
                          .bytes = packet,
                          .original_size = size_on_wire(packet),
                          .comment = comment};
  writer_.add_packet(captured);
  if (note.fate != Fate::passed) return;
  // The kernel takes the hop once it has our verdict; a packet without one goes no further.
  forwarded_.assign(packet.begin(), packet.end());
  if (!stand_.let_pass(forwarded_)) return;
  captured.interface = link_of(other(note.segment.from));
  captured.direction = Direction::out;
  captured.bytes = forwarded_;
  writer_.add_packet(captured);
}

template <typename Sent>
void Capture::add_sent(const Sent& note, Bytes packet) {
  const std::string comment = decision_text(note);
  writer_.add_packet({.interface = link_of(note.to),
                      .at = started_ + note.at.time_since_epoch(),
                      .direction = Direction::out,
                      .bytes = packet,
                      .original_size = size_on_wire(packet),
                      .comment = comment});
}

void Capture::on_settled(Time) { file_.flush(); }

}  // namespace latesyn
