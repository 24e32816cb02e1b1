#include "proxy/handshake/join.hpp"

#include <algorithm>

namespace latesyn {

std::uint16_t rescaled(std::uint16_t window, std::uint8_t from, std::uint8_t to) {
  const std::uint32_t bytes = static_cast<std::uint32_t>(window) << from;
  return static_cast<std::uint16_t>(std::min(bytes >> to, 0xffffU));
}

namespace {

/// Windows of SYNs are never scaled (RFC 7323 section 2.2).
void rescale(const TcpView& view, TcpEdit& edit, std::uint8_t from, std::uint8_t to) {
  if (from != to && !view.flags().syn) edit.set_window(rescaled(view.window(), from, to));
}

}  // namespace

void cross(const Join& join, Side from, const TcpView& view, TcpEdit& edit) {
  if (from == Side::client) {
    edit.shift_seq(join.client_seq);
    edit.shift_ack(0U - join.server_seq);
    edit.shift_timestamps(0, 0U - join.server_clock);
    rescale(view, edit, join.client_scale, join.client_scale_known);
    return;
  }
  // A RST that refuses a SYN has no number of its own (RFC 9293 section 3.10.7.1).
  const bool refusal = view.flags().rst && view.seq().raw == 0;
  if (!refusal) edit.shift_seq(join.server_seq);
  edit.shift_ack(0U - join.client_seq);
  edit.shift_timestamps(join.server_clock, 0);
  rescale(view, edit, join.server_scale, join.server_scale_known);
}

void uncross(const Join& join, Side from, MutableBytes packet) {
  if (join.same()) return;
  Join back{.client_seq = 0U - join.client_seq,
            .server_seq = 0U - join.server_seq,
            .server_clock = 0U - join.server_clock,
            .client_scale = join.client_scale_known,
            .client_scale_known = join.client_scale,
            .server_scale = join.server_scale_known,
            .server_scale_known = join.server_scale};
  TcpEdit edit = TcpEdit::over(packet);
  cross(back, from, std::get<TcpView>(TcpView::over(packet)), edit);
  edit.complete_checksum();
}

}  // namespace latesyn
