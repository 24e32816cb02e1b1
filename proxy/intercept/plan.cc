#include "proxy/intercept/plan.hpp"

#include <algorithm>

namespace latesyn {
namespace {

constexpr std::uint32_t kWhole = 0xffff, kHeaders = 256;
const std::uint8_t kControlFlags = Flags{.fin = true, .syn = true, .rst = true}.bits();

constexpr SegmentKinds kControl = SegmentKinds()
                                      .add(SegmentKind::syn)
                                      .add(SegmentKind::syn_ack)
                                      .add(SegmentKind::fin)
                                      .add(SegmentKind::rst);
/// What segmentation offload merges: data, and the FIN at its end.
constexpr SegmentKinds kBulk = SegmentKinds().add(SegmentKind::data).add(SegmentKind::fin);

SegmentKinds kinds_of(const Rule& rule) { return rule.when.outline().kinds; }

Take least_take(const Rule& rule) {
  const bool only_control = (kinds_of(rule) & kControl) == kinds_of(rule);
  const Trigger trigger = rule.effects.waits_for;
  if (!only_control || trigger == Trigger::established || rule.when.outline().asks_for_others) {
    return Take::all;
  }
  if (!can_make_syn_late(rule)) return Take::control;
  return trigger == Trigger::closed ? Take::bare : Take::all;
}

/// Whether what a rule forges may leave later, of itself or by a later rule.
bool forges_for_later(const std::vector<Rule>& rules, std::size_t number) {
  const Rule& rule = rules[number];
  const Forges forges = rule.effects.forges;
  if (forges != Forges::now) return forges == Forges::later;
  return std::any_of(rules.begin() + static_cast<std::ptrdiff_t>(number) + 1, rules.end(),
                     [&rule](const Rule& later) {
                       const bool acts = !later.acts_on || *later.acts_on != ActsOn::original;
                       return acts && later.effects.reorders &&
                              !(kinds_of(rule) & kinds_of(later)).empty();
                     });
}

Take least_take(const std::vector<Rule>& rules) {
  if (follows_connections(rules)) return Take::all;
  Take most = Take::nothing;
  for (const Rule& rule : rules) most = std::max(most, least_take(rule));
  return most;
}

/// What our own handshakes need: to refuse, the SYNs; for a late SYN alone, what tells its fate;
/// and where two halves are joined, every segment, whose numbers may have to be shifted.
Take least_take(HandshakeMode mode) {
  if (answers_client(mode)) return Take::all;
  if (mode == HandshakeMode::pass) return Take::nothing;
  return mode == HandshakeMode::two_way ? Take::bare : Take::control;
}

std::vector<HandshakeMode> handshakes(const Policy& policy) {
  std::vector<HandshakeMode> modes{policy.traffic.handshake.mode};
  for (const Rule& rule : policy.rules) {
    if (const auto mode = rule.effects.handshake) modes.push_back(*mode);
  }
  return modes;
}

bool acts_on_bulk(const Rule& rule) {
  return !rule.effects.nothing && !(kinds_of(rule) & kBulk).empty();
}

/// True where a rule matches all segments of a bundle or none of them. Its last may be a FIN, and
/// have PSH.
bool covers_bundles(const Rule& rule) {
  return (kinds_of(rule) & kBulk) == kBulk && !rule.when.outline().splits_bundles;
}

bool lets_bundles_wait(const Rule& rule) {
  return acts_on_bulk(rule) && rule.effects.waits == Waits::alike && covers_bundles(rule);
}

}  // namespace

bool can_make_syn_late(const Rule& rule) {
  return rule.effects.makes_syns || (rule.effects.reorders && kinds_of(rule).has(SegmentKind::syn));
}

bool follows_connections(const std::vector<Rule>& rules) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (forges_for_later(rules, i)) return true;
  }
  return false;
}

bool can_make_syn_late(const Policy& policy) {
  return !policy.replays.empty() ||
         std::ranges::any_of(policy.rules, [](const Rule& r) { return can_make_syn_late(r); });
}

bool can_park(const Policy& policy) {
  return std::ranges::all_of(handshakes(policy),
                             [](HandshakeMode mode) { return mode == HandshakeMode::pass; });
}

Plan make_plan(const Policy& policy, const Stand& stand) {
  const auto& rules = policy.rules;
  const bool parking = stand.can_park && can_park(policy);
  const auto captures = [](const Rule& rule) { return rule.effects.captures; };
  const auto captures_bytes = [](const Rule& rule) {
    return rule.effects.captures && rule.effects.waits == Waits::not_only;
  };
  const auto must_hit_segments = [parking](const Rule& rule) {
    return acts_on_bulk(rule) && !(parking && lets_bundles_wait(rule));
  };
  Plan plan{.take = least_take(rules),
            .copy_bytes = std::ranges::any_of(rules, captures) ? kWhole : kHeaders,
            .gso = std::ranges::none_of(rules, must_hit_segments)};
  const bool bundles_wait = plan.gso && std::ranges::any_of(rules, acts_on_bulk);
  // What waits ahead of a rule that remembers is not the kernel's to keep.
  const auto remembers = [](const Rule& rule) { return rule.effects.remembers.has_value(); };
  if (bundles_wait && std::ranges::none_of(rules, captures_bytes) &&
      std::ranges::none_of(rules, remembers)) {
    plan.copy_bytes = kHeaders;
  }
  // What comes from elsewhere may come late into an open connection.
  if (!policy.replays.empty()) plan.take = Take::all;
  for (const HandshakeMode mode : handshakes(policy)) {
    plan.take = std::max(plan.take, least_take(mode));
    plan.icmp |= answers_client(mode);
    plan.shifts_clocks |= mode == HandshakeMode::client_first;
    if (mode != HandshakeMode::pass) plan.copy_bytes = kWhole;
  }
  // Rules about what is no control segment need to see it, and so does what tells late SYNs' fates.
  plan.splice = stand.can_splice && plan.icmp && plan.gso &&
                policy.traffic.translate != Translate::user && least_take(rules) <= Take::control &&
                policy.replays.empty();
  plan.shifts_clocks &= plan.splice;
  return plan;
}

bool takes(const Plan& plan, const Flags& flags, std::size_t size, bool acks) {
  switch (plan.take) {
    case Take::nothing:
      return false;
    case Take::control:
      return (flags.bits() & kControlFlags) != 0;
    case Take::bare:
      return (flags.bits() & kControlFlags) != 0 || (acks && size <= kBareSizeMax && !flags.psh);
    case Take::all:
      break;
  }
  return true;
}

}  // namespace latesyn
