#pragma once
// What passes through while it is measured: one bulk stream, many short connections, one byte to
// and fro. Each puts its server up, loads the subject and says one number.

#include "tests/bench/subject.hpp"

namespace latesyn::bench {

/// Bits of user data per second of one stream (iperf3).
double bulk(const Bed& bed, const Standing& subject, std::uint16_t port, double seconds);

/// Bits per second on the server's link, with Ethernet's headers, while so many streams fill it
/// (iperf3). Not as iperf3 counts: what its streams have in their buffers at the end it counts as
/// if it had come before.
double filled_link(const Bed& bed, const Standing& subject, unsigned streams, double seconds);

/// Connections per second, each with one request and one answer (wrk, 128 at once).
double connections(const Bed& bed, const Standing& subject, std::uint16_t port, double seconds);

struct RoundTrips {
  double p50_us = 0, p99_us = 0;
};
/// One byte there and back, `count` times on one connection.
RoundTrips round_trips(const Bed& bed, const Standing& subject, std::uint16_t port, int count);

}  // namespace latesyn::bench
