#include "proxy/core/pipeline.hpp"

#include <algorithm>

namespace latesyn {
namespace {

bool acts_on(const Rule& rule, const Departure& departure) {
  return !rule.acts_on || *rule.acts_on == departure.origin;
}

}  // namespace

std::vector<Matched> matching_rules(const Policy& policy, const RuleIndex& index, const Segment& s,
                                    const TcpView& view, std::uint64_t seed) {
  std::vector<Matched> matched;
  index.for_each(s, [&](std::uint32_t i) {
    const Rule& rule = policy.rules[i];
    if (!rule.when.covers(s, view)) return true;
    Rng rng{seed,        rule.chance, s.connection, static_cast<std::uint64_t>(s.from),
            s.shown_seq, s.shown_ack, s.copy,       s.payload_size};
    if (rule.when.probability < 1 && rng.uniform() >= rule.when.probability) return true;
    matched.push_back({&rule, rng});
    return !rule.last;
  });
  return matched;
}

bool capture(const std::vector<Matched>& matched) {
  return std::ranges::any_of(matched,
                             [](const Matched& m) { return m.rule->impairment->captures(); });
}

bool only_wait(const std::vector<Matched>& matched) {
  return std::ranges::all_of(matched, [](const Matched& m) {
    return !m.rule->impairment->captures() || m.rule->impairment->waits() != Waits::not_only;
  });
}

Departures apply_rules(std::vector<Matched>& matched, Departure departure, std::size_t most) {
  Departures departures;
  departures.push_back(std::move(departure));
  for (Matched& m : matched) {
    Departures next;
    for (Departure& d : departures) {
      if (d.is_icmp || !acts_on(*m.rule, d)) {
        next.push_back(std::move(d));
        continue;
      }
      m.rule->impairment->apply(std::move(d), m.rng, next);
      if (next.size() > most) return next;
    }
    departures = std::move(next);
  }
  return departures;
}

}  // namespace latesyn
