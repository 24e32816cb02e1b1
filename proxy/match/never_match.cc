#include "proxy/match/never_match.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "proxy/packet/option_names.hpp"
#include "proxy/values/flag_names.hpp"

namespace latesyn {
namespace {

/// The flags that a segment has because of its kind, and those that it can't have.
struct KindFlags {
  Flags has, lacks;
};

constexpr KindFlags flags_of(SegmentKind kind) {
  switch (kind) {
    case SegmentKind::syn:
      return {.has = {.syn = true}, .lacks = {.rst = true, .ack = true}};
    case SegmentKind::syn_ack:
      return {.has = {.syn = true, .ack = true}, .lacks = {.rst = true}};
    case SegmentKind::fin:
      return {.has = {.fin = true}, .lacks = {.syn = true, .rst = true}};
    case SegmentKind::rst:
      return {.has = {.rst = true}, .lacks = {}};
    case SegmentKind::handshake_ack:
      return {.has = {.ack = true}, .lacks = {.fin = true, .syn = true, .rst = true}};
    case SegmentKind::ack:
    case SegmentKind::data:
      break;
  }
  return {.has = {}, .lacks = {.fin = true, .syn = true, .rst = true}};
}

bool can_have(SegmentKind kind, const FlagMatch& flags) {
  const KindFlags of_kind = flags_of(kind);
  const auto must_be_clear = flags.mask & ~flags.set;
  return (of_kind.has.bits() & must_be_clear) == 0 && (of_kind.lacks.bits() & flags.set) == 0;
}

template <typename T>
bool includes(const std::optional<T>& first, const std::optional<T>& second) {
  return !first || first == second;
}

bool includes_connections(const Match& first, const Match& second) {
  if (!includes(first.connection, second.connection)) return false;
  if (!first.every) return true;
  if (second.connection) return *second.connection % *first.every == 0;
  return second.every && *second.every % *first.every == 0;
}

bool includes_flags(const std::optional<FlagMatch>& first, const std::optional<FlagMatch>& second) {
  if (!first) return true;
  return second && (first->mask & ~second->mask) == 0 && (second->set & first->mask) == first->set;
}

bool includes_range(const std::optional<NumberRange>& first,
                    const std::optional<NumberRange>& second) {
  return !first || (second && first->first <= second->first && second->last <= first->last);
}

/// True where whatever `second` asks for is all that `first` asks for, or more.
bool includes_kinds(const std::vector<std::uint8_t>& first,
                    const std::vector<std::uint8_t>& second) {
  return std::ranges::all_of(
      first, [&](std::uint8_t kind) { return std::ranges::count(second, kind) != 0; });
}

bool includes_details(const Match& first, const Match& second) {
  const bool states = !first.states || (second.states && (*second.states & ~*first.states).none());
  return states && includes_range(first.payload, second.payload) &&
         includes_range(first.position, second.position) && includes(first.ecn, second.ecn) &&
         includes_kinds(first.options, second.options) &&
         includes_kinds(first.no_options, second.no_options);
}

/// The kinds that the conditions on user data leave.
SegmentKinds kinds_of_size(const Match& when) {
  const bool needs_data = when.position || (when.payload && when.payload->first > 0);
  if (needs_data) return kMayCarryData;
  if (!when.payload || when.payload->last > 0) return SegmentKinds::all();
  SegmentKinds kinds;
  for (std::size_t i = 0; i < kSegmentKindNames.size(); ++i) {
    if (const auto kind = static_cast<SegmentKind>(i); kind != SegmentKind::data) kinds.add(kind);
  }
  return kinds;
}

std::string why_never_data(const Match& when) {
  if (when.position && when.payload && when.payload->last == 0) {
    return "a segment without data has no bytes at a position; leave out payload or position";
  }
  if ((when.segments & kinds_of_size(when)).empty()) {
    return "such segments never have that much data; leave out segment, payload or position";
  }
  return "";
}

}  // namespace

SegmentKinds possible_kinds(const Match& when) {
  const SegmentKinds kinds = when.segments & kinds_of_size(when);
  if (!when.flags) return kinds;
  SegmentKinds possible;
  for (std::size_t i = 0; i < kSegmentKindNames.size(); ++i) {
    const auto kind = static_cast<SegmentKind>(i);
    if (kinds.has(kind) && can_have(kind, *when.flags)) possible.add(kind);
  }
  return possible;
}

std::string why_never(const Match& when) {
  constexpr SegmentKinds kHandshakeAck = SegmentKinds().add(SegmentKind::handshake_ack);
  if (when.segments == kHandshakeAck && when.from == Side::server) {
    return "a handshake-ack is the client's, so it never goes to the client; leave direction out";
  }
  if (const std::string why = why_never_data(when); !why.empty()) return why;
  if (when.flags && possible_kinds(when).empty()) {
    return fmt::format("no such segment has {} of {} set; leave out segment or flags",
                       flag_names(when.flags->set), flag_names(when.flags->mask));
  }
  if (when.connection && when.every && *when.connection % *when.every != 0) {
    return fmt::format("connection {} is not one of every {}; leave out connection or every",
                       *when.connection, *when.every);
  }
  const auto both = std::ranges::find_first_of(when.options, when.no_options);
  if (both != when.options.end()) {
    return fmt::format("{} must be there and must not; leave out option or no_option",
                       option_name(*both));
  }
  return "";
}

bool includes(const Match& first, const Match& second) {
  return first.probability >= 1 && (first.segments & second.segments) == second.segments &&
         includes(first.from, second.from) && includes(first.copy, second.copy) &&
         includes_connections(first, second) && includes(first.life, second.life) &&
         includes_flags(first.flags, second.flags) && includes_details(first, second);
}

}  // namespace latesyn
