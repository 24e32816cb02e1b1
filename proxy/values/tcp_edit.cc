#include "proxy/values/tcp_edit.hpp"

#include "proxy/values/checksum.hpp"
#include "proxy/values/wire.hpp"

namespace latesyn {

TcpEdit TcpEdit::over(MutableBytes packet) {
  return {packet, std::get<TcpView>(TcpView::over(packet))};
}

bool TcpEdit::take_hop() {
  if (view_.hop_limit() <= 1) return false;
  const bool v4 = view_.family() == Family::v4;
  wire::put8(packet_, v4 ? 8 : 7, static_cast<std::uint8_t>(view_.hop_limit() - 1));
  if (v4) {
    const std::size_t header = (wire::u8(packet_, 0) & 0x0fU) * 4U;
    wire::put16(packet_, 10, 0);
    wire::put16(packet_, 10, internet_checksum(packet_.first(header)));
  }
  return true;
}

void TcpEdit::complete_checksum() {
  const auto segment = packet_.subspan(view_.tcp_at(), view_.total_size() - view_.tcp_at());
  wire::put16(segment, 16, 0);
  wire::put16(segment, 16, tcp_checksum(view_.from().address, view_.to().address, segment));
}

}  // namespace latesyn
