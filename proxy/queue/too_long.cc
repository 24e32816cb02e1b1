#include "proxy/queue/too_long.hpp"

#include <algorithm>

#include "proxy/packet/fragments.hpp"
#include "proxy/packet/icmp.hpp"
#include "proxy/packet/tcp_view.hpp"

namespace latesyn {
namespace {

/// The least that any IPv4 link takes (RFC 791 section 3.2).
constexpr std::uint32_t kLeastMtu4 = 68;

}  // namespace

TooLong::Instead TooLong::instead_of(Time now, const Packet& packet) {
  const auto parsed = TcpView::over(packet.bytes);
  const auto* view = std::get_if<TcpView>(&parsed);
  if (view == nullptr || !view->complete()) return {};
  const auto mtu = routes_.mtu(view->to().address);
  if (!mtu || *mtu < kLeastMtu4 || *mtu >= packet.bytes.size()) return {};
  if (may_be_fragmented(packet.bytes)) {
    return {.pieces = fragments_of(packet.bytes, *mtu), .error = {}};
  }
  if (!may_tell(now)) return {};
  ++told_;
  return {.pieces = {},
          .error = build_unreachable(Unreachable::fragmentation_needed, packet,
                                     static_cast<std::uint16_t>(std::min(*mtu, 0xffffU)),
                                     routes_.own_address(view->from().address))};
}

bool TooLong::may_tell(Time now) {
  constexpr Duration kEach = Duration(std::chrono::seconds(1)) / kErrors_per_second;
  const auto more = (now - refilled_) / kEach;
  if (more > 0) {
    left_ = static_cast<unsigned>(std::min<std::int64_t>(left_ + more, kErrorsAtOnce));
    refilled_ = now;
  }
  if (left_ == 0) return false;
  --left_;
  return true;
}

}  // namespace latesyn
