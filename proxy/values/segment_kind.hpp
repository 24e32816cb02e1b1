#pragma once
// What a segment is for, in the words of RFC 9293; every segment is of exactly one kind.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace latesyn {

enum class SegmentKind : std::uint8_t {
  syn,            // SYN without ACK
  syn_ack,        // SYN with ACK
  handshake_ack,  // the client's first ACK of the server's SYN, without data
  ack,            // any other segment without data, SYN, FIN or RST
  data,           // user data, without SYN, FIN or RST
  fin,            // FIN, with or without data
  rst,            // RST, with or without ACK
};
inline constexpr std::array<std::string_view, 7> kSegmentKindNames{
    "syn", "syn-ack", "handshake-ack", "ack", "data", "fin", "rst"};

constexpr std::string_view name(SegmentKind kind) {
  return kSegmentKindNames[static_cast<std::size_t>(kind)];
}
constexpr std::optional<SegmentKind> segment_kind(std::string_view text) {
  for (std::size_t i = 0; i < kSegmentKindNames.size(); ++i) {
    if (kSegmentKindNames[i] == text) return static_cast<SegmentKind>(i);
  }
  return std::nullopt;
}

/// A set of kinds.
class SegmentKinds {
 public:
  constexpr SegmentKinds() = default;
  static constexpr SegmentKinds all() { return SegmentKinds(0x7f); }
  constexpr SegmentKinds& add(SegmentKind kind) {
    bits_ = static_cast<std::uint8_t>(bits_ | 1U << static_cast<unsigned>(kind));
    return *this;
  }
  constexpr SegmentKinds without(SegmentKind kind) const {
    return SegmentKinds(static_cast<std::uint8_t>(bits_ & ~(1U << static_cast<unsigned>(kind))));
  }
  constexpr bool has(SegmentKind kind) const {
    return (bits_ >> static_cast<unsigned>(kind) & 1U) != 0;
  }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr SegmentKinds operator&(SegmentKinds o) const {
    return SegmentKinds(static_cast<std::uint8_t>(bits_ & o.bits_));
  }
  constexpr bool operator==(const SegmentKinds&) const = default;

 private:
  constexpr explicit SegmentKinds(std::uint8_t bits) : bits_(bits) {}
  std::uint8_t bits_ = 0;
};

/// The kinds that may have user data with them: all but the bare ACKs.
inline constexpr SegmentKinds kMayCarryData = SegmentKinds()
                                                  .add(SegmentKind::syn)
                                                  .add(SegmentKind::syn_ack)
                                                  .add(SegmentKind::data)
                                                  .add(SegmentKind::fin)
                                                  .add(SegmentKind::rst);

}  // namespace latesyn
