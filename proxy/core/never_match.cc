#include "proxy/core/never_match.hpp"

#include <fmt/format.h>

#include "proxy/core/flag_names.hpp"

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

}  // namespace

SegmentKinds possible_kinds(const Match& when) {
  if (!when.flags) return when.segments;
  SegmentKinds possible;
  for (std::size_t i = 0; i < kSegmentKindNames.size(); ++i) {
    const auto kind = static_cast<SegmentKind>(i);
    if (when.segments.has(kind) && can_have(kind, *when.flags)) possible.add(kind);
  }
  return possible;
}

std::string why_never(const Match& when) {
  constexpr SegmentKinds kHandshakeAck = SegmentKinds().add(SegmentKind::handshake_ack);
  if (when.segments == kHandshakeAck && when.from == Side::server) {
    return "a handshake-ack is the client's, so it never goes to the client; leave direction out";
  }
  if (when.flags && possible_kinds(when).empty()) {
    return fmt::format("no such segment has {} of {} set; leave out segment or flags",
                       flag_names(when.flags->set), flag_names(when.flags->mask));
  }
  if (when.connection && when.every && *when.connection % *when.every != 0) {
    return fmt::format("connection {} is not one of every {}; leave out connection or every",
                       *when.connection, *when.every);
  }
  return "";
}

bool includes(const Match& first, const Match& second) {
  return first.probability >= 1 && (first.segments & second.segments) == second.segments &&
         includes(first.from, second.from) && includes(first.copy, second.copy) &&
         includes_connections(first, second) && includes(first.life, second.life) &&
         includes_flags(first.flags, second.flags);
}

}  // namespace latesyn
