#pragma once
// TCP's checksum of a segment inside of its packet: what a receiver looks at before it believes
// anything else (RFC 9293 section 3.1).

#include "proxy/packet/checksum.hpp"
#include "proxy/packet/tcp_view.hpp"

namespace latesyn {

/// Zero where the packet, all of whose bytes `packet` holds, has a right one already.
inline std::uint16_t segment_checksum(const TcpView& view, Bytes packet) {
  const Bytes segment = packet.subspan(view.tcp_at(), view.total_size() - view.tcp_at());
  return tcp_checksum(view.from().address, view.to().address, segment);
}
inline bool has_right_checksum(const TcpView& view, Bytes packet) {
  return segment_checksum(view, packet) == 0;
}
/// The same for a packet that is a segment.
inline bool has_right_checksum(Bytes packet) {
  return has_right_checksum(std::get<TcpView>(TcpView::over(packet)), packet);
}

}  // namespace latesyn
