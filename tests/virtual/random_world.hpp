#pragma once
// Random policies and random traffic, all from one seed: what the simulation drives the engine
// with.

#include <string>
#include <vector>

#include "proxy/engine/engine.hpp"
#include "proxy/values/rng.hpp"

namespace latesyn::test {

/// A policy of one to four rules, as a user would write it.
std::string random_policy(Rng& rng);

/// What one world has of traffic.
inline constexpr std::size_t kPackets = 300;
/// A connection that is quiet for four minutes may be forgotten, by each of several engines at
/// another time. The plan decides how quiet it seems, so that some gaps in a row, with what it
/// leaves out between them, must stay below that.
inline constexpr std::chrono::seconds kRemembered = std::chrono::minutes(1);

struct TimedPacket {
  Time at;
  Packet packet;
};

/// Conversations of a few connections, in order of time, now and then up to `longest_gap` apart:
/// handshakes, data, closes, resets, retransmissions, ports used again, segments of no connection,
/// and plain garbage.
std::vector<TimedPacket> random_traffic(Rng& rng, std::size_t packets,
                                        std::chrono::seconds longest_gap);

}  // namespace latesyn::test
