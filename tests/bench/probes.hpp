#pragma once
// What no ready-made generator measures: answers under a flood, lateness, what waiting and idle
// connections cost.

#include "tests/bench/subject.hpp"

namespace latesyn::bench {

/// The share of SYNs, offered at `per_second`, that a SYN-ACK came back for.
double share_answered(const Bed& bed, std::uint16_t port, std::uint32_t count, double per_second);

/// Microseconds from a SYN's being sent to its arrival, less `delay`: one for each of `count`.
std::vector<double> transits_us(const Bed& bed, std::uint16_t port, Duration delay, int count);

/// The same for a program that does nothing but wait for the kernel's alarm and then send the SYN
/// itself: what a release is late by on this machine at least.
std::vector<double> alarms_us(const Bed& bed, std::uint16_t port, Duration delay, int count);

struct Held {
  double bytes_each = 0;
  double released_per_second = 0;
  double lost = 0;
};
/// Holds `count` SYNs, then releases them by hand.
Held hold_syns(const Bed& bed, const Standing& subject, std::uint16_t port, std::uint32_t count);
/// The policy for that.
std::string hold_policy();

struct Idle {
  double ours = 0, kernel = 0;  // bytes of each connection
};
/// Opens `count` connections through the subject and leaves them alone.
Idle idle_connections(const Bed& bed, const Standing& subject, std::uint16_t port, int count);

/// Bytes of memory that a process has, by the kernel's books. Throws std::runtime_error.
double resident_bytes(pid_t pid);

/// Nanoseconds to find one of `flows` flows, at random.
double find_ns(std::size_t flows);

}  // namespace latesyn::bench
