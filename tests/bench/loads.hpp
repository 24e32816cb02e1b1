#pragma once
// What passes through while it is measured: one bulk stream, many short connections, one byte to
// and fro. Each puts its server up, loads the subject and says one number.

#include "tests/bench/subject.hpp"

namespace latesyn::bench {

/// Bits per second of one stream (iperf3).
double bulk(const Bed& bed, const Standing& subject, std::uint16_t port, double seconds);

/// Connections per second, each with one request and one answer (wrk, 128 at once).
double connections(const Bed& bed, const Standing& subject, std::uint16_t port, double seconds);

struct RoundTrips {
  double p50_us = 0, p99_us = 0;
};
/// One byte there and back, `count` times on one connection.
RoundTrips round_trips(const Bed& bed, const Standing& subject, std::uint16_t port, int count);

}  // namespace latesyn::bench
