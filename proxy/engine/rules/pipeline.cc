#include "proxy/engine/rules/pipeline.hpp"

#include <algorithm>
#include <iterator>

#include "proxy/engine/rules/crediting.hpp"

namespace latesyn {
namespace {

bool acts_on(const Rule& rule, const Departure& departure) {
  return !rule.acts_on || covers(*rule.acts_on, departure.origin);
}

std::uint32_t wire_size(const Departure& departure, const Crossing& crossing) {
  const std::size_t size = departure.packet.bytes.size();
  return size == 0 ? crossing.wire_size : static_cast<std::uint32_t>(size);
}

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
    matched.push_back({&rule, i, i, rng});
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

bool may_pause(const std::vector<Matched>& matched) {
  bool waits = false;
  for (const Matched& m : matched) {
    if (waits && m.rule->effects.remembers) return true;
    waits = waits || m.rule->effects.captures;
  }
  return false;
}

bool happened(Trigger trigger, const Connection& connection, const Segment& segment) {
  const bool stale = segment.life == Life::stale;
  const auto life = stale ? connection.current() : connection.life(segment);
  if (trigger == Trigger::established) return life && life->established();
  return trigger == Trigger::closed && life && life->closed();
}

namespace {

/// The rules at work on one packet.
class Pipeline {
 public:
  Pipeline(std::vector<Matched>& matched, const Crossing& crossing, std::size_t most)
      : matched_(matched), crossing_(crossing), most_(most) {}

  PipelineOutcome run(Departure departure) {
    subject_ = departure.origin;
    Departures departures;
    departures.push_back(std::move(departure));
    for (std::size_t rule = 0; rule < matched_.size() && !is_over(departures); ++rule) {
      Departures next;
      for (Departure& d : departures) {
        meet(rule, d, next);
        if (is_over(next)) break;
      }
      departures = std::move(next);
    }
    std::ranges::move(paused_, std::back_inserter(departures));
    outcome_.departures = std::move(departures);
    return std::move(outcome_);
  }

 private:
  bool is_over(const Departures& departures) const {
    return departures.size() + paused_.size() > most_;
  }

  void meet(std::size_t rule, Departure& d, Departures& next) {
    Matched& m = matched_[rule];
    if (d.icmp || !acts_on(*m.rule, d)) return next.push_back(std::move(d));
    if (!m.rule->effects.remembers) return act(m, d, nullptr, next);
    if (waits(d)) return pause(rule, d);
    Memory* const memory = crossing_.memory.of(m.place, crossing_.flow, d.to);
    if (memory == nullptr) return next.push_back(std::move(d));
    act(m, d, memory, next);
  }

  bool waits(Departure& d) const {
    if (happened(d.once, crossing_.flow.connection, crossing_.segment)) d.once = Trigger::arrived;
    return !d.leaves_at_once();
  }

  /// The others of this packet draw on: each that waits gets chance of its own.
  void pause(std::size_t rule, Departure& d) {
    std::vector<Pending> pending;
    for (std::size_t i = rule; i < matched_.size(); ++i) {
      pending.push_back({matched_[i].number, Rng{matched_[i].rng()}});
    }
    outcome_.pending.push_back(std::move(pending));
    paused_.push_back(std::move(d));
  }

  void act(Matched& m, Departure& d, Memory* memory, Departures& next) {
    Passing passing{crossing_.now, crossing_.segment, wire_size(d, crossing_), m.rng, memory};
    const bool is_subject = d.origin == subject_;
    const auto before = next.size();
    Crediting crediting(m.number, d);
    m.rule->impairment->apply(std::move(d), passing, next);
    const auto made = std::span(next).subspan(before);
    crediting.credit(made);
    const bool goes_on = std::ranges::find(made, subject_, &Departure::origin) != made.end();
    if (is_subject && !goes_on) outcome_.ended_by = m.number;
  }

  std::vector<Matched>& matched_;
  const Crossing& crossing_;
  std::size_t most_;
  Origin subject_ = Origin::original;  // of what they were given
  Departures paused_;
  PipelineOutcome outcome_;
};

}  // namespace

PipelineOutcome apply_rules(std::vector<Matched>& matched, Departure departure,
                            const Crossing& crossing, std::size_t most) {
  return Pipeline(matched, crossing, most).run(std::move(departure));
}

}  // namespace latesyn
