#pragma once
// An impairment at work on one departure, and what came of it as text that can be compared whole.

#include <fmt/format.h>

#include "impair/making/impairment.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "proxy/values/duration_text.hpp"
#include "tests/unit/known_packets.hpp"

namespace latesyn::test {

using Values = std::map<std::string, ParameterValue, std::less<>>;

inline std::unique_ptr<const Impairment> make(std::string_view name, Values values = {}) {
  return find_impairment(name)->make(Parameters(std::move(values)));
}

/// Ten bytes of the client's, numbers and clocks as in the middle of a connection.
inline SegmentSpec data_segment(Family family) {
  const bool v4 = family == Family::v4;
  return {.from = {*IpAddress::parse(v4 ? "10.1.0.2" : "fd00:1::2"), 40000},
          .to = {*IpAddress::parse(v4 ? "10.2.0.2" : "fd00:2::2"), 80},
          .seq = Seq{1000},
          .ack = Seq{2000},
          .flags = {.ack = true},
          .timestamps = Timestamps{500, 600},
          .payload_size = 10};
}

/// "original to server once closed after 2s", and what is wrong with its packet, if anything.
inline std::string text(const Departure& d, const Packet& packet) {
  constexpr std::array<std::string_view, 3> kOrigins{"original", "copy", "forged"};
  return fmt::format("{} to {} once {} after {}{}", kOrigins[static_cast<std::size_t>(d.origin)],
                     d.to == Side::client ? "client" : "server", name(d.once), to_text(d.after),
                     d.packet == packet ? "" : ", changed");
}

/// What leaves in the place of a departure, whatever its segment, with chance from `rng`.
inline Departures applied(const Impairment& impairment, Departure departure, Rng& rng) {
  const Segment segment;
  const auto size = static_cast<std::uint32_t>(departure.packet.bytes.size());
  Passing passing{.now = {}, .segment = segment, .wire_size = size, .rng = rng};
  Departures out;
  impairment.apply(std::move(departure), passing, out);
  return out;
}
inline Departures applied(const Impairment& impairment, Departure departure) {
  Rng rng{1};
  return applied(impairment, std::move(departure), rng);
}

/// What leaves in the place of a SYN to the server that was to leave at once.
inline std::vector<std::string> departures(const Impairment& impairment, Rng rng = Rng{1}) {
  const Packet packet{syn_v4()};
  std::vector<std::string> texts;
  for (const Departure& d : applied(impairment, {.packet = packet}, rng)) {
    texts.push_back(text(d, packet));
  }
  return texts;
}

}  // namespace latesyn::test
