#pragma once
// Sees the segments of one kind that reach a host, when they did, and how many different ones.

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "proxy/linux/descriptor.hpp"
#include "proxy/process/namespace.hpp"
#include "proxy/values/time.hpp"

namespace latesyn::bench {

/// CLOCK_REALTIME, which the kernel stamps packets with.
Duration wall_clock();

class SegmentTap {
 public:
  /// Segments with exactly SYN (false), or SYN and ACK (true).
  SegmentTap(const Namespace& host, bool syn_ack);

  /// When the next one arrived; none where none comes within `bound`.
  std::optional<Duration> next(std::chrono::milliseconds bound);
  /// How many different SYN-ACKs come, by the SYN's number that they acknowledge (below
  /// `numbers`), until all have or `quiet` goes by without one.
  std::uint32_t count_different(std::uint32_t numbers, std::chrono::milliseconds quiet);

 private:
  Descriptor fd_;
};

}  // namespace latesyn::bench
