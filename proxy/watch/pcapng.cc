#include "proxy/watch/pcapng.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "proxy/watch/link_layer.hpp"
#include "proxy/watch/pcapng_blocks.hpp"

namespace latesyn {
namespace {

constexpr std::uint16_t kComment = 1, kApplication = 4, kInterfaceName = 2, kPacketFlags = 2;
constexpr std::byte kNanoseconds{9};

Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

template <typename T>
std::array<std::byte, sizeof(T)> native(T number) {
  return std::bit_cast<std::array<std::byte, sizeof(T)>>(number);
}

}  // namespace

PcapngWriter::PcapngWriter(OutputFile& file, std::string_view application) : file_(file) {
  begin_block(kSectionHeader);
  put32(kByteOrderMagic);
  put16(1);  // version 1.0
  put16(0);
  put32(0xffffffff);  // the section's length is not known yet
  put32(0xffffffff);
  put_option(kApplication, bytes_of(application));
  put_option(kEndOfOptions, {});
  end_block();
}

void PcapngWriter::add_interface(std::string_view name) {
  begin_block(kInterface);
  put16(kLinuxCooked);
  put16(0);
  put32(0);  // no limit to a packet's length
  put_option(kInterfaceName, bytes_of(name));
  put_option(kTimeResolution, Bytes(&kNanoseconds, 1));
  put_option(kEndOfOptions, {});
  end_block();
}

void PcapngWriter::add_packet(const CapturedPacket& packet) {
  const auto link = cooked_header(packet.bytes, packet.direction == Direction::out);
  const auto size_of = [](std::size_t bytes) {
    return static_cast<std::uint32_t>(kLinuxCookedSize + bytes);
  };
  const auto since_1970 = static_cast<std::uint64_t>(packet.at.time_since_epoch().count());
  begin_block(kEnhancedPacket);
  put32(packet.interface);
  put32(static_cast<std::uint32_t>(since_1970 >> 32U));
  put32(static_cast<std::uint32_t>(since_1970 & 0xffffffffU));
  put32(size_of(packet.bytes.size()));
  put32(size_of(std::max(packet.original_size, packet.bytes.size())));
  block_.insert(block_.end(), link.begin(), link.end());
  put_padded(packet.bytes);
  put_option(kPacketFlags, native(static_cast<std::uint32_t>(packet.direction)));
  if (!packet.comment.empty()) put_option(kComment, bytes_of(packet.comment));
  put_option(kEndOfOptions, {});
  end_block();
}

void PcapngWriter::begin_block(std::uint32_t type) {
  block_.clear();
  put32(type);
  put32(0);  // the block's length, put in at its end
}

void PcapngWriter::put16(std::uint16_t number) {
  const auto bytes = native(number);
  block_.insert(block_.end(), bytes.begin(), bytes.end());
}

void PcapngWriter::put32(std::uint32_t number) {
  const auto bytes = native(number);
  block_.insert(block_.end(), bytes.begin(), bytes.end());
}

void PcapngWriter::put_padded(Bytes bytes) {
  block_.insert(block_.end(), bytes.begin(), bytes.end());
  block_.resize((block_.size() + 3) / 4 * 4);
}

void PcapngWriter::put_option(std::uint16_t code, Bytes value) {
  const Bytes kept = value.first(std::min<std::size_t>(value.size(), 0xffff));
  put16(code);
  put16(static_cast<std::uint16_t>(kept.size()));
  put_padded(kept);
}

void PcapngWriter::end_block() {
  const auto length = native(static_cast<std::uint32_t>(block_.size() + 4));
  std::memcpy(&block_[4], length.data(), length.size());
  block_.insert(block_.end(), length.begin(), length.end());
  file_.write(block_);
}

}  // namespace latesyn
