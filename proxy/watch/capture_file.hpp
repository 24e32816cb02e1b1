#pragma once
// The frames of a capture in memory: pcap and pcapng (draft-ietf-opsawg-pcap and -pcapng), in
// either byte order, from any number of interfaces. Read here and not by libpcap, which refuses a
// file whose interfaces differ in link type or snapshot length, as those that mergecap writes do.

#include <functional>
#include <stdexcept>

#include "proxy/packet/packet.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

struct CapturedFrame {
  std::uint16_t link = 0;  // as the registry at tcpdump.org/linktypes.html has it
  Duration at{};           // since 1970, from zero
  Bytes bytes;             // of the file's memory
};

/// What is wrong with a file, and at which of its bytes.
class CaptureError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using OnFrame = std::function<void(const CapturedFrame&)>;

/// Calls `on_frame` for each frame of a file of either format, in its order. Throws CaptureError
/// where the file is neither, is cut off, or contradicts itself; the frames before have been given
/// by then.
void read_frames(Bytes file, const OnFrame& on_frame);

/// The two formats; to be told apart by is_pcapng().
bool is_pcapng(Bytes file);
void read_pcap(Bytes file, const OnFrame& on_frame);
void read_pcapng(Bytes file, const OnFrame& on_frame);

}  // namespace latesyn
