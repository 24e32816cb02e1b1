#include "proxy/core/plan.hpp"

#include <algorithm>

namespace latesyn {
namespace {

constexpr std::uint32_t kWhole = 0xffff, kHeaders = 256;
const std::uint8_t kControlFlags = Flags{.fin = true, .syn = true, .rst = true}.bits();
/// A segment with one of these is never bundled with others.
const std::uint8_t kAlone = Flags{.syn = true, .rst = true}.bits();

constexpr SegmentKinds kControl = SegmentKinds()
                                      .add(SegmentKind::syn)
                                      .add(SegmentKind::syn_ack)
                                      .add(SegmentKind::fin)
                                      .add(SegmentKind::rst);
/// What segmentation offload merges: data, and the FIN at its end.
constexpr SegmentKinds kBulk = SegmentKinds().add(SegmentKind::data).add(SegmentKind::fin);

bool demands_control_flag(const Match& when) {
  return when.flags && (when.flags->set & kControlFlags) != 0;
}

Take least_take(const Rule& rule) {
  const bool only_control =
      (rule.when.segments & kControl) == rule.when.segments || demands_control_flag(rule.when);
  const Trigger trigger = rule.impairment->waits_for();
  if (!only_control || trigger == Trigger::established) return Take::all;
  if (!can_make_syn_late(rule)) return Take::control;
  return trigger == Trigger::closed ? Take::bare : Take::all;
}

Take least_take(const std::vector<Rule>& rules) {
  Take most = Take::nothing;
  for (const Rule& rule : rules) most = std::max(most, least_take(rule));
  return most;
}

bool can_hit_bulk(const Rule& rule) {
  if ((rule.when.segments & kBulk).empty()) return false;
  return !rule.when.flags || (rule.when.flags->set & kAlone) == 0;
}

}  // namespace

bool can_make_syn_late(const Rule& rule) {
  return rule.impairment->captures() && rule.when.segments.has(SegmentKind::syn);
}

Plan make_plan(const Policy& policy) {
  const auto& rules = policy.rules;
  const auto captures = [](const Rule& rule) { return rule.impairment->captures(); };
  return {.take = least_take(rules),
          .copy_bytes = std::ranges::any_of(rules, captures) ? kWhole : kHeaders,
          .gso = std::ranges::none_of(rules, can_hit_bulk)};
}

bool takes(const Plan& plan, const Flags& flags, std::size_t size) {
  switch (plan.take) {
    case Take::nothing:
      return false;
    case Take::control:
      return (flags.bits() & kControlFlags) != 0;
    case Take::bare:
      return (flags.bits() & kControlFlags) != 0 || size <= kBareSizeMax;
    case Take::all:
      break;
  }
  return true;
}

}  // namespace latesyn
