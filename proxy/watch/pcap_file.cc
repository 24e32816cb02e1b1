// pcap: a header that tells the byte order, the clock and the link; then frame behind frame
// (draft-ietf-opsawg-pcap).

#include <optional>

#include "proxy/watch/capture_words.hpp"
#include "proxy/watch/pcapng_blocks.hpp"

namespace latesyn {
namespace {

constexpr std::uint32_t kMicrosecondMagic = 0xa1b2c3d4, kNanosecondMagic = 0xa1b23c4d;
constexpr std::size_t kFileHeader = 24, kLinkAt = 20, kFrameHeader = 16;

/// Nothing where the file does not begin so in this byte order.
std::optional<Duration> clock_unit(const CaptureWords& words) {
  if (words.size() < 4) return std::nullopt;
  const std::uint32_t magic = words.u32(0);
  if (magic == kMicrosecondMagic) return std::chrono::microseconds(1);
  if (magic == kNanosecondMagic) return std::chrono::nanoseconds(1);
  return std::nullopt;
}

}  // namespace

bool is_pcapng(Bytes file) { return file.size() >= 4 && wire::u32(file, 0) == kSectionHeader; }

void read_pcap(Bytes file, const OnFrame& on_frame) {
  const bool big_endian = clock_unit({file, true}).has_value();
  const CaptureWords words(file, big_endian);
  const auto unit = clock_unit(words);
  if (!unit) {
    throw CaptureError("it is neither pcap nor pcapng; where it is packed, unpack it first");
  }
  // The bits above may tell of a checksum behind each frame.
  const auto link = static_cast<std::uint16_t>(words.u32(kLinkAt) & 0xffffU);
  for (std::size_t at = kFileHeader; at < file.size();) {
    const std::size_t size = words.u32(at + 8);
    const Bytes frame = words.bytes(at + kFrameHeader, size);
    on_frame({link, std::chrono::seconds(words.u32(at)) + words.u32(at + 4) * *unit, frame});
    at += kFrameHeader + size;
  }
}

void read_frames(Bytes file, const OnFrame& on_frame) {
  is_pcapng(file) ? read_pcapng(file, on_frame) : read_pcap(file, on_frame);
}

}  // namespace latesyn
