#include "proxy/engine/pipeline.hpp"

#include <algorithm>

#include "proxy/engine/crediting.hpp"

namespace latesyn {
namespace {

bool acts_on(const Rule& rule, const Departure& departure) {
  return !rule.acts_on || covers(*rule.acts_on, departure.origin);
}

std::uint32_t wire_size(const Departure& departure, const Crossing& crossing) {
  const std::size_t size = departure.packet.bytes.size();
  return size == 0 ? crossing.wire_size : static_cast<std::uint32_t>(size);
}

bool is_of_origin(const Departure& departure) { return departure.origin == Origin::original; }

}  // namespace

std::vector<Matched> matching_rules(const Policy& policy, const RuleIndex& index,
                                    const Sight& sight, std::uint64_t seed) {
  const Segment& s = sight.segment;
  std::vector<Matched> matched;
  index.for_each(s, [&](std::uint32_t i) {
    const Rule& rule = policy.rules[i];
    if (!rule.when.covers(sight)) return true;
    Rng rng{seed,        rule.chance, s.connection, static_cast<std::uint64_t>(s.from),
            s.shown_seq, s.shown_ack, s.copy,       s.payload_size};
    if (!rule.when.happens(rng)) return true;
    matched.push_back({&rule, i, rng});
    return !rule.last;
  });
  return matched;
}

bool capture(const std::vector<Matched>& matched) {
  return std::ranges::any_of(matched, [](const Matched& m) { return m.rule->effects.captures; });
}

bool only_wait(const std::vector<Matched>& matched) {
  return std::ranges::all_of(matched, [](const Matched& m) {
    return !m.rule->effects.captures || m.rule->effects.waits != Waits::not_only;
  });
}

PipelineOutcome apply_rules(std::vector<Matched>& matched, Departure departure,
                            const Crossing& crossing, std::size_t most) {
  PipelineOutcome outcomes;
  Departures& departures = outcomes.departures;
  departures.push_back(std::move(departure));
  for (Matched& m : matched) {
    Departures next;
    for (Departure& d : departures) {
      const bool acts = !d.icmp && acts_on(*m.rule, d);
      Memory* const memory = acts ? crossing.memory.of(m.number, crossing.flow, d.to) : nullptr;
      if (!acts || (m.rule->effects.remembers && memory == nullptr)) {
        next.push_back(std::move(d));
        continue;
      }
      Passing passing{crossing.now, crossing.segment, wire_size(d, crossing), m.rng, memory};
      const bool is_original = d.origin == Origin::original;
      const auto before = next.size();
      Crediting crediting(m.number, d);
      m.rule->impairment->apply(std::move(d), passing, next);
      const auto made = std::span(next).subspan(before);
      crediting.credit(made);
      if (is_original && std::ranges::none_of(made, is_of_origin)) outcomes.ended_by = m.number;
      if (next.size() > most) {
        departures = std::move(next);
        return outcomes;
      }
    }
    departures = std::move(next);
  }
  return outcomes;
}

}  // namespace latesyn
