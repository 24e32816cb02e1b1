#include "proxy/policy/multiplication.hpp"

#include <algorithm>
#include <set>

#include "proxy/packet/segment_spec.hpp"

namespace latesyn {
namespace {

/// Packets by their origin; behind those the errors, which no later rule acts on.
using Crowd = std::array<std::uint64_t, kOriginNames.size() + 1>;
constexpr std::size_t kErrors = kOriginNames.size();

/// Pairs of connections and copies that are told apart; beyond, copies are not, and the number may
/// be too large.
constexpr std::size_t kClassesMax = 2000;

std::size_t place_of(const Departure& d) {
  return d.icmp ? kErrors : static_cast<std::size_t>(d.origin);
}

Packet sample(SegmentKind kind) {
  const bool syn = kind == SegmentKind::syn || kind == SegmentKind::syn_ack;
  return build({.from = {*IpAddress::parse("10.0.0.1"), 1},
                .to = {*IpAddress::parse("10.0.0.2"), 2},
                .flags = {.fin = kind == SegmentKind::fin,
                          .syn = syn,
                          .rst = kind == SegmentKind::rst,
                          .ack = kind != SegmentKind::syn},
                .payload_size = kind == SegmentKind::data ? 1U : 0U});
}

constexpr Crowd one(Origin origin) {
  Crowd crowd{};
  crowd[static_cast<std::size_t>(origin)] = 1;
  return crowd;
}

/// A rule that makes something else of a packet: of one of each origin, so many of each.
struct Multiplier {
  const Outline* when;
  std::array<Crowd, kOriginNames.size()> makes{};
};

/// What a rule makes of a packet is found out by letting it.
Crowd made(const Rule& rule, Origin origin, const Packet& packet) {
  if (rule.acts_on && !covers(*rule.acts_on, origin)) return one(origin);
  Rng rng{0};
  const Segment segment;
  Passing passing{.now = {}, .segment = segment, .rng = rng};
  Departures out;
  rule.impairment->apply({.packet = packet, .origin = origin}, passing, out);
  Crowd crowd{};
  for (const Departure& d : out) ++crowd[place_of(d)];
  return crowd;
}

SegmentKind first_of(SegmentKinds kinds) {
  std::size_t kind = 0;
  while (!kinds.has(static_cast<SegmentKind>(kind))) ++kind;
  return static_cast<SegmentKind>(kind);
}

/// A rule that only drops may leave a segment to the others, by chance or by its conditions.
std::vector<Multiplier> multipliers(const Policy& policy) {
  std::vector<Multiplier> all;
  for (const Rule& rule : policy.rules) {
    Multiplier m{&rule.when.outline()};
    const Packet packet = sample(first_of(m.when->kinds));
    bool differs = false, drops = true;
    for (std::size_t i = 0; i < m.makes.size(); ++i) {
      const auto origin = static_cast<Origin>(i);
      m.makes[i] = made(rule, origin, packet);
      differs |= m.makes[i] != one(origin);
      drops &= m.makes[i] == Crowd{} || m.makes[i] == one(origin);
    }
    if (differs && !drops) all.push_back(m);
  }
  return all;
}

/// A segment, as far as rules tell segments apart here. 0: one that no rule names. No copy: any.
struct Kind {
  SegmentKind kind;
  Side from;
  std::uint32_t connection;
  std::optional<std::uint32_t> copy;
};

bool may_match(const Multiplier& m, const Kind& k) {
  const Outline& when = *m.when;
  return when.kinds.has(k.kind) && (!when.from || *when.from == k.from) &&
         (!when.connection || *when.connection == k.connection) &&
         (!when.copy || !k.copy || *when.copy == *k.copy);
}

std::uint64_t departures_of(const std::vector<Multiplier>& multipliers, const Kind& kind) {
  Crowd crowd = one(Origin::original);
  for (const Multiplier& m : multipliers) {
    if (!may_match(m, kind)) continue;
    Crowd next{};
    next[kErrors] = crowd[kErrors];
    for (std::size_t origin = 0; origin < m.makes.size(); ++origin) {
      for (std::size_t i = 0; i < next.size(); ++i) {
        next[i] = std::min(kCrowd, next[i] + crowd[origin] * m.makes[origin][i]);
      }
    }
    crowd = next;
  }
  std::uint64_t total = 0;
  for (const std::uint64_t some : crowd) total += some;
  return std::min(total, kCrowd);
}

}  // namespace

std::uint64_t most_departures(const Policy& policy) {
  const auto all = multipliers(policy);
  std::set<std::uint32_t> connections{0};
  std::set<std::optional<std::uint32_t>> copies{0};
  for (const Multiplier& m : all) {
    if (m.when->connection) connections.insert(*m.when->connection);
    if (m.when->copy) copies.insert(m.when->copy);
  }
  if (connections.size() * copies.size() > kClassesMax) copies = {std::nullopt};
  std::uint64_t most = 1;
  for (std::size_t place = 0; place < 2 * kSegmentKindNames.size(); ++place) {
    const auto kind = static_cast<SegmentKind>(place / 2);
    const auto from = static_cast<Side>(place % 2);
    for (const auto& connection : connections) {
      for (const auto& copy : copies) {
        most = std::max(most, departures_of(all, {kind, from, connection, copy}));
      }
    }
  }
  return most;
}

}  // namespace latesyn
