#pragma once
// Writes packets in the pcapng format (draft-ietf-opsawg-pcapng): several interfaces, times in
// nanoseconds, a comment with each packet. Both interfaces are of the link type "Linux cooked", the
// only thing that libpcap, and so tcpdump, takes two of: all of a file's must be alike.

#include <cstddef>
#include <string_view>
#include <vector>

#include "proxy/output/output_file.hpp"
#include "proxy/packet/packet.hpp"

namespace latesyn {

enum class Direction : std::uint8_t { in = 1, out = 2 };

struct CapturedPacket {
  std::uint32_t interface = 0;  // in the order of their making
  WallTime at;
  Direction direction = Direction::in;
  Bytes bytes;                    // from the IP header
  std::size_t original_size = 0;  // where `bytes` are cut off, more than theirs
  std::string_view comment;       // UTF-8; may be empty
};

class PcapngWriter {
 public:
  /// `file` must outlive the writer.
  PcapngWriter(OutputFile& file, std::string_view application);
  void add_interface(std::string_view name);
  void add_packet(const CapturedPacket& packet);

 private:
  void begin_block(std::uint32_t type);
  void put16(std::uint16_t number);
  void put32(std::uint32_t number);
  void put_padded(Bytes bytes);
  void put_option(std::uint16_t code, Bytes value);
  void end_block();

  OutputFile& file_;
  std::vector<std::byte> block_;
};

}  // namespace latesyn
