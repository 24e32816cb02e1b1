#pragma once
// Segments from elsewhere: what an old capture of the same hosts has, to be sent again. The policy
// names the file; reading it is I/O, so the edge layer fills in the packets.

#include <map>
#include <string>
#include <vector>

#include "proxy/packet/packet.hpp"
#include "proxy/values/segment_kind.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

struct RecordedPacket {
  Duration at{};  // since the first of the replay's packets, as captured
  Packet packet;
};

struct CaptureReplay {
  std::string name;  // as given, or the file's
  std::string file;  // as the policy names it: relative to the policy's own folder
  /// When its first packet leaves, since latesyn started, and what the times behind it are
  /// multiplied by.
  Duration start{};
  double scale = 1;
  SegmentKinds segments;
  /// In order of time; at most kReplayPacketsMax.
  std::vector<RecordedPacket> packets;
  /// How many the file has that are not among them, by reason.
  std::map<std::string, std::uint64_t> skipped;

  /// When one of its packets leaves.
  Time due(const RecordedPacket& packet) const {
    return Time{} + longer(start, scaled(packet.at, scale));
  }
};
inline constexpr std::size_t kReplayPacketsMax = 10'000;

}  // namespace latesyn
