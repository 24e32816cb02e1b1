#include "proxy/packet/tcp_view.hpp"

#include <algorithm>
#include <array>

#include "proxy/packet/ip_numbers.hpp"
#include "proxy/packet/wire.hpp"

namespace latesyn {
namespace {

constexpr std::uint8_t kHopByHop = 0, kRouting = 43, kFragment = 44, kDestination = 60;

/// Where the transport header starts and the packet ends, as an IP header says.
struct Ip {
  std::size_t transport_at = 0, total = 0;
};

std::variant<Ip, Defect> read_ipv4(Bytes b) {
  if (b.size() < 20) return Defect::truncated;
  const std::size_t header = (wire::u8(b, 0) & 0x0fU) * 4U;
  if (header < 20) return Defect::bad_ip_header;
  if (wire::u8(b, 9) != kTcp) return Defect::not_tcp;
  constexpr unsigned kMoreFragmentsAndOffset = 0x3fff;
  if ((wire::u16(b, 6) & kMoreFragmentsAndOffset) != 0) return Defect::fragment;
  const std::size_t total = wire::u16(b, 2);
  if (total < header) return Defect::bad_ip_header;
  return b.size() < header ? std::variant<Ip, Defect>(Defect::truncated) : Ip{header, total};
}

bool is_extension(std::uint8_t next) {
  return next == kHopByHop || next == kRouting || next == kDestination || next == kFragment;
}

/// A packet with a fragment header may be whole: such an atomic fragment is one by itself (RFC
/// 6946).
bool is_atomic(Bytes fragment_header) {
  constexpr unsigned kOffsetAndMore = 0xfff9;
  return (wire::u16(fragment_header, 2) & kOffsetAndMore) == 0;
}

std::variant<Ip, Defect> read_ipv6(Bytes b) {
  if (b.size() < 40) return Defect::truncated;
  const std::size_t total = 40U + wire::u16(b, 4);
  std::uint8_t next = wire::u8(b, 6);
  std::size_t at = 40;
  while (is_extension(next)) {
    // The least that one has, and all of a fragment's.
    constexpr std::size_t kExtensionUnit = 8;
    if (b.size() < at + kExtensionUnit) return Defect::truncated;
    const bool fragment = next == kFragment;
    if (fragment && !is_atomic(b.subspan(at))) return Defect::fragment;
    next = wire::u8(b, at);
    at += fragment ? kExtensionUnit : (wire::u8(b, at + 1) + 1U) * kExtensionUnit;
  }
  if (next != kTcp) return Defect::not_tcp;
  return total < at ? std::variant<Ip, Defect>(Defect::truncated) : Ip{at, total};
}

/// The value of the first option of `kind`; an empty span where there is none. Nothing where an
/// option's length is below 2 or reaches beyond the header.
std::optional<Bytes> find_option(Bytes options, std::uint8_t kind) {
  Bytes found;
  for (std::size_t at = 0; at < options.size();) {
    const std::uint8_t here = wire::u8(options, at);
    if (here == option::kEnd) break;
    if (here == option::kNoOperation) {
      ++at;
      continue;
    }
    if (at + 1 >= options.size()) return std::nullopt;
    const std::size_t size = wire::u8(options, at + 1);
    if (size < 2 || at + size > options.size()) return std::nullopt;
    if (here == kind && found.data() == nullptr) found = options.subspan(at + 2, size - 2);
    at += size;
  }
  return found;
}

}  // namespace

std::string_view name(Defect defect) {
  constexpr std::array<std::string_view, kDefects> kNames{
      "not TCP", "fragment", "truncated", "bad IP header", "bad data offset", "bad options"};
  return kNames[static_cast<std::size_t>(defect)];
}

Flags Flags::from_bits(std::uint8_t bits) {
  const auto set = [bits](unsigned mask) { return (bits & mask) != 0; };
  return {.fin = set(1),
          .syn = set(2),
          .rst = set(4),
          .psh = set(8),
          .ack = set(16),
          .urg = set(32),
          .ece = set(64),
          .cwr = set(128)};
}

std::uint8_t Flags::bits() const {
  return static_cast<std::uint8_t>((fin ? 1U : 0U) | (syn ? 2U : 0U) | (rst ? 4U : 0U) |
                                   (psh ? 8U : 0U) | (ack ? 16U : 0U) | (urg ? 32U : 0U) |
                                   (ece ? 64U : 0U) | (cwr ? 128U : 0U));
}

std::string Flags::text() const {
  std::string out;
  const auto add = [&out](bool set, std::string_view flag) {
    if (set) out.append(out.empty() ? "" : ",").append(flag);
  };
  add(fin, "FIN");
  add(syn, "SYN");
  add(rst, "RST");
  add(ack, "ACK");
  return out;
}

std::variant<TcpView, Defect> TcpView::over(Bytes b) {
  if (b.empty()) return Defect::truncated;
  const unsigned version = wire::u8(b, 0) >> 4U;
  if (version != 4 && version != 6) return Defect::bad_ip_header;
  const auto ip = version == 4 ? read_ipv4(b) : read_ipv6(b);
  if (const auto* defect = std::get_if<Defect>(&ip)) return *defect;
  const auto [tcp_at, total] = std::get<Ip>(ip);
  if (b.size() < tcp_at + 20 || total < tcp_at + 20) return Defect::truncated;
  const std::size_t header = (wire::u8(b, tcp_at + 12) >> 4U) * 4U;
  if (header < 20 || tcp_at + header > total) return Defect::bad_data_offset;
  if (b.size() < tcp_at + header) return Defect::truncated;
  if (!find_option(b.subspan(tcp_at + 20, header - 20), option::kTimestamps))
    return Defect::bad_options;

  TcpView view;
  view.bytes_ = b;
  view.address_size_ = version == 4 ? 4 : 16;
  view.from_at_ = version == 4 ? 12 : 8;
  view.total_size_ = total;
  view.tcp_at_ = tcp_at;
  view.payload_at_ = tcp_at + header;
  return view;
}

std::uint16_t TcpView::wire_port(std::size_t at) const { return wire::u16(bytes_, tcp_at_ + at); }
Seq TcpView::seq() const { return Seq{wire::u32(bytes_, tcp_at_ + 4)}; }
Seq TcpView::ack() const { return Seq{wire::u32(bytes_, tcp_at_ + 8)}; }
Flags TcpView::flags() const { return Flags::from_bits(wire::u8(bytes_, tcp_at_ + 13)); }
std::uint16_t TcpView::window() const { return wire::u16(bytes_, tcp_at_ + 14); }
std::uint8_t TcpView::hop_limit() const { return wire::u8(bytes_, family() == Family::v4 ? 8 : 7); }

std::uint8_t TcpView::traffic_class() const {
  // In IPv6 it starts behind the four bits of the version.
  return family() == Family::v4 ? wire::u8(bytes_, 1)
                                : static_cast<std::uint8_t>(wire::u16(bytes_, 0) >> 4U & 0xffU);
}

Bytes TcpView::option_value(std::uint8_t kind) const {
  return find_option(bytes_.subspan(tcp_at_ + 20, payload_at_ - tcp_at_ - 20), kind)
      .value_or(Bytes{});
}

std::optional<Timestamps> TcpView::timestamps() const {
  const Bytes value = option_value(option::kTimestamps);
  if (value.size() != 8) return std::nullopt;
  return Timestamps{wire::u32(value, 0), wire::u32(value, 4)};
}

SynOptions TcpView::syn_options() const {
  constexpr std::uint8_t kScaleMax = 14;  // RFC 7323 section 2.3
  SynOptions options;
  if (const Bytes mss = option_value(option::kMss); mss.size() == 2)
    options.mss = wire::u16(mss, 0);
  if (const Bytes scale = option_value(option::kWindowScale); scale.size() == 1) {
    options.window_scale = std::min(wire::u8(scale, 0), kScaleMax);
  }
  options.sack_permitted = option_value(option::kSackPermitted).data() != nullptr;
  return options;
}

std::uint32_t TcpView::payload_size() const {
  return static_cast<std::uint32_t>(total_size_ - payload_at_);
}

std::uint32_t TcpView::sequence_size() const {
  const Flags f = flags();
  return payload_size() + (f.syn ? 1U : 0U) + (f.fin ? 1U : 0U);
}

}  // namespace latesyn
