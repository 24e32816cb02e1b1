#pragma once
// What went through the engine, and every reason why something was let through without a decision.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "proxy/handshake/stripped.hpp"
#include "proxy/packet/tcp_view.hpp"

namespace latesyn {

struct Counters {
  std::uint64_t packets = 0;                      // all that came in
  std::array<std::uint64_t, kDefects> defects{};  // passed: not a TCP segment that we can read
  std::uint64_t other_traffic = 0;                // passed: not of the policy's traffic
  std::uint64_t wrong_checksums = 0;              // passed: their receivers drop them
  std::uint64_t flows_full = 0;                   // passed: the flow table was full
  std::uint64_t flows_evicted = 0;                // never answered, and forgotten to make room
  std::uint64_t waiting_full = 0;                 // passed: too many departures wait already
  std::uint64_t waiting_bytes_full = 0;   // passed: what waits takes too much memory already
  std::uint64_t asleep_of_flow_full = 0;  // passed: too many of its flow wait for a trigger already
  std::uint64_t copies_full = 0;          // passed: more than [limits] copies would leave
  std::uint64_t incomplete = 0;  // passed: a rule wanted bytes that we have not, or no wire takes
  std::uint64_t passed = 0, captured = 0, dropped = 0;  // decided by the rules
  std::uint64_t parked = 0;    // of those captured: the kernel kept them until they left
  std::uint64_t departed = 0;  // captured, copied or forged, sent
  std::uint64_t ended = 0;  // reached the end of their connection here: latesyn shakes hands itself
  std::array<std::uint64_t, kStripped.size()> stripped{};  // SYNs of ours that left one out
  std::uint64_t spliced = 0;        // flows whose numbers the kernel was to shift
  std::uint64_t scales_kept = 0;    // flows that stayed here: a window scale had to change
  std::uint64_t unspliced = 0;      // flows that came back: the kernel had forgotten them
  std::uint64_t icmp_shifted = 0;   // errors about segments with numbers of ours: sent on, shifted
  std::uint64_t icmp_passed = 0;    // errors about anything else, and what is no error at all
  std::uint64_t forged_unsent = 0;  // of a flow of its own that found no room in the table
  std::uint64_t icmp_expired = 0;   // errors that were to be sent on, shifted: no hop left
  std::uint64_t hops_exceeded = 0;  // captured, not sent: no hop left
  std::uint64_t departures_ended = 0;    // captured, copied or forged, and then as `ended`
  std::uint64_t late_syns = 0;           // told of
  std::uint64_t late_syns_unlisted = 0;  // beyond the list's bound

  bool operator==(const Counters&) const = default;
};

/// What is remembered at a moment. Where nothing is under way, all but `flows` are 0: closed flows
/// are remembered for as long as TCP's quiet time, and the table is bounded.
struct Tables {
  std::size_t flows = 0;     // in the flow table
  std::size_t open = 0;      // of these, connections that were begun and have not been closed
  std::size_t awaiting = 0;  // of these, handshakes of our own that wait for an answer
  std::size_t waiting = 0;   // departures that wait for a time or for a trigger

  bool operator==(const Tables&) const = default;
};

/// Of Counters, or of Tables: every number of the one added to the same number of the other.
template <typename Numbers>
Numbers sum(const Numbers& a, const Numbers& b) {
  using Array = std::array<std::uint64_t, sizeof(Numbers) / sizeof(std::uint64_t)>;
  Array total = std::bit_cast<Array>(a);
  const Array more = std::bit_cast<Array>(b);
  for (std::size_t i = 0; i < total.size(); ++i) total[i] += more[i];
  return std::bit_cast<Numbers>(total);
}

}  // namespace latesyn
