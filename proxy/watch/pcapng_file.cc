// pcapng: blocks, each of which tells its size. A section has interfaces of its own, an interface
// its link and its clock.

#include <algorithm>
#include <optional>

#include "proxy/watch/capture_words.hpp"
#include "proxy/watch/pcapng_blocks.hpp"

namespace latesyn {
namespace {

/// In an enhanced packet block, behind its head: interface, time (high, low), sizes.
constexpr std::size_t kBlockHead = 8, kBlockLeast = 12, kPacketHead = 20;
constexpr std::uint64_t kSecondsMax =
    std::chrono::floor<std::chrono::seconds>(Duration::max()).count() - 1;

constexpr std::uint64_t kBillion = 1'000'000'000;

/// How an interface counts time: if_tsresol and if_tsoffset (section 4.2).
struct Clock {
  std::uint8_t resolution = 6;  // 10 to the minus that; with the highest bit: 2 to the minus that
  std::int64_t offset_s = 0;

  /// Nothing where it is before 1970, or more than a Duration holds.
  std::optional<Duration> at(std::uint64_t units) const {
    const auto [seconds, ns] = (resolution & 0x80U) != 0 ? binary(units) : decimal(units);
    if (seconds > kSecondsMax) return std::nullopt;
    constexpr auto kMax = static_cast<std::int64_t>(kSecondsMax);
    if (offset_s < -kMax || offset_s > kMax) return std::nullopt;
    const std::int64_t whole = static_cast<std::int64_t>(seconds) + offset_s;
    if (whole < 0 || whole > kMax) return std::nullopt;
    return std::chrono::seconds(whole) + std::chrono::nanoseconds(ns);
  }

 private:
  struct Parts {
    std::uint64_t seconds, ns;
  };
  Parts decimal(std::uint64_t units) const {
    constexpr unsigned kDigits = 19;  // of the largest power of ten that fits
    std::uint64_t per_second = 1;
    for (unsigned i = 0; i < std::min<unsigned>(resolution, kDigits); ++i) per_second *= 10;
    // Beyond that, what is cut off here is less than a nanosecond.
    for (unsigned i = kDigits; i < resolution && units != 0; ++i) units /= 10;
    const std::uint64_t rest = units % per_second;
    const std::uint64_t ns =
        per_second <= kBillion ? rest * (kBillion / per_second) : rest / (per_second / kBillion);
    return {units / per_second, ns};
  }
  Parts binary(std::uint64_t units) const {
    constexpr unsigned kBits = 32;  // of a second, and so much finer than a nanosecond
    unsigned bits = resolution & 0x7fU;
    const std::uint64_t seconds = bits < 64 ? units >> bits : 0;
    std::uint64_t rest = bits < 64 ? units - (seconds << bits) : units;
    if (bits > kBits) {
      rest = bits - kBits < 64 ? rest >> (bits - kBits) : 0;
      bits = kBits;
    }
    return {seconds, (rest * kBillion) >> bits};
  }
};

struct Interface {
  std::uint16_t link = 0;
  std::uint32_t snapshot_max = 0;  // 0: no limit
  Clock clock;
};

class Reader {
 public:
  Reader(Bytes file, const OnFrame& on_frame)
      : file_(file), words_(file, false), on_frame_(on_frame) {}

  void read() {
    while (at_ < file_.size()) {
      // A section's type reads the same both ways, and its next number tells the byte order.
      if (words_.u32(at_) == kSectionHeader) begin_section();
      size_ = words_.u32(at_ + 4);
      if (size_ < kBlockLeast || size_ % 4 != 0) fail_at(at_, "a block has an impossible size");
      if (words_.u32(end() - 4) != size_) fail_at(end() - 4, "a block's sizes differ");
      read_block(words_.u32(at_));
      at_ = end();
    }
  }

 private:
  std::size_t end() const { return at_ + size_; }

  void begin_section() {
    const bool big_endian = wire::u32(words_.bytes(at_ + kBlockHead, 4), 0) == kByteOrderMagic;
    words_ = {file_, big_endian};
    if (words_.u32(at_ + kBlockHead) != kByteOrderMagic) fail_at(at_ + 8, "its byte order is none");
    interfaces_.clear();
  }

  void read_block(std::uint32_t type) {
    if (type == kInterface) return add_interface();
    if (type == kEnhancedPacket) return give_packet(words_.u32(body(kPacketHead)));
    // An old packet block has a count of drops in the upper half.
    if (type == kOldPacket) return give_packet(words_.u16(body(kPacketHead)));
    if (type == kSimplePacket) give_simple_packet();
  }

  /// Where the block's body begins, which has at least `least` bytes.
  std::size_t body(std::size_t least) const {
    if (size_ - kBlockLeast < least) fail_at(at_, "a block is too short for its kind");
    return at_ + kBlockHead;
  }

  const Interface& interface(std::uint32_t number) const {
    if (number >= interfaces_.size()) fail_at(at_, "a packet is of an interface that is not there");
    return interfaces_[number];
  }

  void add_interface() {
    constexpr std::size_t kHead = 8;
    const std::size_t from = body(kHead);
    Interface& added = interfaces_.emplace_back();
    added.link = words_.u16(from);
    added.snapshot_max = words_.u32(from + 4);
    for (std::size_t at = from + kHead; at + 4 <= end() - 4;) {
      const std::uint16_t code = words_.u16(at), size = words_.u16(at + 2);
      if (code == kEndOfOptions) return;
      if (end() - 4 - (at + 4) < size) fail_at(at, "an option reaches beyond its block");
      if (code == kTimeResolution && size == 1) {
        added.clock.resolution = wire::u8(words_.bytes(at + 4, 1), 0);
      }
      if (code == kTimeOffset && size == 8) {
        added.clock.offset_s = static_cast<std::int64_t>(u64(at + 4));
      }
      at += 4 + (size + 3U) / 4 * 4;
    }
  }

  /// A number of 64 bits in the section's byte order, as options have it.
  std::uint64_t u64(std::size_t at) const {
    const std::uint64_t first = words_.u32(at), second = words_.u32(at + 4);
    return words_.is_big_endian() ? first << 32U | second : second << 32U | first;
  }

  void give_packet(std::uint32_t number) {
    const std::size_t from = body(kPacketHead);
    const Interface& by = interface(number);
    // The halves of a time stand in this order whatever the byte order.
    const std::uint64_t units = std::uint64_t{words_.u32(from + 4)} << 32U | words_.u32(from + 8);
    const auto at = by.clock.at(units);
    if (!at) fail_at(from + 4, "a packet's time is before 1970 or after 2262");
    give(by, *at, from + kPacketHead, words_.u32(from + 12));
  }

  /// Has no time: it counts as captured in 1970, and so as the file's first.
  void give_simple_packet() {
    constexpr std::size_t kHead = 4;
    const std::size_t from = body(kHead);
    const Interface& by = interface(0);
    std::uint32_t size = words_.u32(from);
    if (by.snapshot_max != 0) size = std::min(size, by.snapshot_max);
    give(by, {}, from + kHead, size);
  }

  void give(const Interface& by, Duration at, std::size_t from, std::size_t size) {
    if (end() - 4 - from < size) fail_at(at_, "a packet reaches beyond its block");
    on_frame_({by.link, at, words_.bytes(from, size)});
  }

  Bytes file_;
  CaptureWords words_;
  const OnFrame& on_frame_;
  std::vector<Interface> interfaces_;
  std::size_t at_ = 0, size_ = 0;  // of the block
};

}  // namespace

void read_pcapng(Bytes file, const OnFrame& on_frame) { Reader(file, on_frame).read(); }

}  // namespace latesyn
