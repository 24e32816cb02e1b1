#pragma once
// What went through the engine, and every reason why something was let through without a decision.
// A counter is a member and a row: JSON, page and whatever else shows them are made of the rows.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proxy/handshake/stripped.hpp"
#include "proxy/packet/tcp_view.hpp"

namespace latesyn {

/// Where it is not 0 people are told, too: something had no decision, or could not be done.
inline constexpr bool kException = true;

/// One number of `Numbers`: its name in JSON, and what it counts, for people.
template <typename Numbers>
struct NumberRow {
  std::string_view name;
  std::uint64_t Numbers::*value;
  std::string_view counts;
  bool is_exception = false;
};

/// Counts packets, where its row says nothing else.
struct Counters {
  std::uint64_t packets = 0;
  /// Passed: not a TCP segment that we can read; by reason.
  std::array<std::uint64_t, kDefects> defects{};
  std::uint64_t other_traffic = 0, wrong_checksums = 0;
  std::uint64_t flows_full = 0, flows_evicted = 0;
  std::uint64_t waiting_full = 0, waiting_bytes_full = 0, asleep_of_flow_full = 0;
  std::uint64_t copies_full = 0, memories_full = 0, clients_forgotten = 0, incomplete = 0;
  std::uint64_t passed = 0, captured = 0, parked = 0, dropped = 0, departed = 0, ended = 0;
  /// SYNs of ours that left an option out; by option.
  std::array<std::uint64_t, kStripped.size()> stripped{};
  std::uint64_t spliced = 0, scales_kept = 0, unspliced = 0;
  std::uint64_t icmp_shifted = 0, icmp_passed = 0, icmp_expired = 0;
  std::uint64_t forged_unsent = 0, hops_exceeded = 0, departures_ended = 0, departures_dropped = 0;
  std::uint64_t discarded = 0;
  std::uint64_t late_syns = 0, late_syns_unlisted = 0;

  bool operator==(const Counters&) const = default;
};

inline constexpr auto kCounterRows = std::to_array<NumberRow<Counters>>({
    {"packets", &Counters::packets, "all that came in"},
    {"other_traffic", &Counters::other_traffic, "passed: not of the policy's traffic", kException},
    {"wrong_checksums", &Counters::wrong_checksums,
     "passed unread: TCP's checksum was wrong, so that receivers drop them", kException},
    {"flows_full", &Counters::flows_full, "passed: the flow table was full", kException},
    {"flows_evicted", &Counters::flows_evicted,
     "flows that were never answered, and forgotten to make room", kException},
    {"waiting_full", &Counters::waiting_full, "passed: too many departures wait already",
     kException},
    {"waiting_bytes_full", &Counters::waiting_bytes_full,
     "passed: what waits takes all the memory that it may (--held-bytes)", kException},
    {"asleep_of_flow_full", &Counters::asleep_of_flow_full,
     "passed: too many of its flow wait for a trigger already", kException},
    {"copies_full", &Counters::copies_full,
     "passed: more copies of them than [limits] allows would leave", kException},
    {"memories_full", &Counters::memories_full,
     "left alone by a rule that remembers: of too many flows already", kException},
    {"clients_forgotten", &Counters::clients_forgotten,
     "clients forgotten by rules that remember, longest unseen, to make room", kException},
    {"incomplete", &Counters::incomplete,
     "passed: a rule wanted bytes that were not copied, or that no wire takes", kException},
    {"passed", &Counters::passed, "decided by the rules: went on as they were"},
    {"captured", &Counters::captured, "decided by the rules: left later, changed or not alone"},
    {"parked", &Counters::parked, "of those captured: the kernel kept them until they left"},
    {"dropped", &Counters::dropped, "decided by the rules: nothing left"},
    {"departed", &Counters::departed, "captured, copied or forged, and sent"},
    {"ended", &Counters::ended,
     "reached the end of their connection here: latesyn shakes hands itself"},
    {"spliced", &Counters::spliced, "flows whose numbers the kernel was to shift"},
    {"scales_kept", &Counters::scales_kept,
     "joined flows that were shifted here: a window scale had to change", kException},
    {"unspliced", &Counters::unspliced,
     "joined flows that were shifted here again: connection tracking had forgotten them",
     kException},
    {"icmp_shifted", &Counters::icmp_shifted,
     "errors about segments with numbers of ours: sent on, shifted"},
    {"icmp_passed", &Counters::icmp_passed,
     "errors about anything else, and what is no error at all"},
    {"icmp_expired", &Counters::icmp_expired,
     "ICMP errors that were to be sent on, shifted: no hop left", kException},
    {"forged_unsent", &Counters::forged_unsent,
     "forged, not sent: a flow of their own found no room in the table", kException},
    {"hops_exceeded", &Counters::hops_exceeded, "captured, not sent: no hop left", kException},
    {"departures_ended", &Counters::departures_ended,
     "captured, copied or forged, and then as `ended`"},
    {"departures_dropped", &Counters::departures_dropped,
     "captured, copied or forged, and dropped behind their wait"},
    {"discarded", &Counters::discarded, "captured, copied or forged, and discarded by hand",
     kException},
    {"late_syns", &Counters::late_syns, "late SYNs that were told of"},
    {"late_syns_unlisted", &Counters::late_syns_unlisted, "late SYNs beyond the list's bound",
     kException},
});

/// What is remembered at a moment. Where nothing is under way, all but `flows` and `memories` are
/// 0: closed flows are remembered for as long as TCP's quiet time, with what rules remember of
/// them, and the tables are bounded.
struct Tables {
  std::uint64_t flows = 0, open = 0, awaiting = 0, waiting = 0, memories = 0;

  bool operator==(const Tables&) const = default;
};

inline constexpr auto kTableRows = std::to_array<NumberRow<Tables>>({
    {"flows", &Tables::flows, "in the flow table"},
    {"open", &Tables::open, "of these, connections that were begun and have not been closed"},
    {"awaiting", &Tables::awaiting, "of these, handshakes of our own that wait for an answer"},
    {"waiting", &Tables::waiting, "departures that wait for a time or for a trigger"},
    {"memories", &Tables::memories, "of rules that remember, for flows and clients"},
});

/// What happened at the kernel's side of the engine.
struct DeviceCounters {
  std::uint64_t lost = 0, splices_failed = 0, unsent = 0, told_too_long = 0, queue_failures = 0;

  bool operator==(const DeviceCounters&) const = default;
};

inline constexpr auto kDeviceRows = std::to_array<NumberRow<DeviceCounters>>({
    {"lost", &DeviceCounters::lost,
     "dropped by the kernel because our queue or its socket was full"},
    {"splices_failed", &DeviceCounters::splices_failed,
     "flows that the kernel did not take over; the log says why"},
    {"unsent", &DeviceCounters::unsent,
     "of ours, and the kernel did not take them; the log says why"},
    {"told_too_long", &DeviceCounters::told_too_long,
     "senders that were told that a packet does not fit the next link"},
    {"queue_failures", &DeviceCounters::queue_failures,
     "messages between us and the queue that failed"},
});

/// How many numbers a struct of nothing but numbers has.
template <typename Numbers>
inline constexpr std::size_t kNumbersOf = sizeof(Numbers) / sizeof(std::uint64_t);
static_assert(kCounterRows.size() + kDefects + kStripped.size() == kNumbersOf<Counters>,
              "every counter has a row");
static_assert(kTableRows.size() == kNumbersOf<Tables>, "every table has a row");
static_assert(kDeviceRows.size() == kNumbersOf<DeviceCounters>, "every counter has a row");

/// Every number of the one added to the same number of the other.
template <typename Numbers>
Numbers sum(const Numbers& a, const Numbers& b) {
  using Array = std::array<std::uint64_t, kNumbersOf<Numbers>>;
  Array total = std::bit_cast<Array>(a);
  const Array more = std::bit_cast<Array>(b);
  for (std::size_t i = 0; i < total.size(); ++i) total[i] += more[i];
  return std::bit_cast<Numbers>(total);
}

}  // namespace latesyn
