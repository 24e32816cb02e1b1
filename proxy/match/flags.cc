// flags: which of TCP's flags are set and which are not, as iptables' --tcp-flags.

#include <fmt/format.h>

#include "proxy/document/document_reader.hpp"
#include "proxy/match/match.hpp"
#include "proxy/match/sight.hpp"
#include "proxy/values/flag_names.hpp"

namespace latesyn {
namespace {

/// Of the flags in `mask`, exactly those in `set` are set.
struct FlagMask {
  std::uint8_t mask = 0, set = 0;
};

/// What a list alone speaks of: the flags that make a segment what it is.
const std::uint8_t kTelling = Flags{.fin = true, .syn = true, .rst = true, .ack = true}.bits();

std::optional<FlagMask> parse_flag_mask(std::string_view text) {
  const std::size_t space = text.find(' ');
  const auto first = parse_flags(text.substr(0, space));
  if (!first) return std::nullopt;
  if (space == text.npos) return FlagMask{.mask = kTelling, .set = *first};
  const auto set = parse_flags(text.substr(space + 1));
  return set ? std::optional(FlagMask{.mask = *first, .set = *set}) : std::nullopt;
}

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

bool can_have(SegmentKind kind, const FlagMask& flags) {
  const KindFlags of_kind = flags_of(kind);
  const auto must_be_clear = flags.mask & ~flags.set;
  return (of_kind.has.bits() & must_be_clear) == 0 && (of_kind.lacks.bits() & flags.set) == 0;
}

class HasFlags final : public Condition {
 public:
  explicit HasFlags(FlagMask flags) : flags_(flags) {}

  void narrow(Outline& outline) const override {
    SegmentKinds possible;
    for (std::size_t i = 0; i < kSegmentKindNames.size(); ++i) {
      const auto kind = static_cast<SegmentKind>(i);
      if (can_have(kind, flags_)) possible.add(kind);
    }
    outline.kinds = outline.kinds & possible;
    outline.splits_bundles = true;
  }
  bool covers(const Sight& sight) const override {
    return (sight.segment.flags.bits() & flags_.mask) == flags_.set;
  }
  bool includes(const Match& rule) const override {
    const auto* const other = rule.find<HasFlags>();
    return other != nullptr && (flags_.mask & ~other->flags_.mask) == 0 &&
           (other->flags_.set & flags_.mask) == flags_.set;
  }
  std::string why_never(const Match& rule) const override {
    if (!rule.outline().kinds.empty()) return "";
    return fmt::format("no such segment has {} of {} set; leave out segment or flags",
                       flag_names(flags_.set), flag_names(flags_.mask));
  }
  std::string phrase() const override {
    return fmt::format(", with {} of {} set", flag_names(flags_.set), flag_names(flags_.mask));
  }

 private:
  FlagMask flags_;
};

std::shared_ptr<const Condition> read_flag_mask(const DocumentValue& value) {
  constexpr std::string_view kWanted =
      "flags as iptables does, \"SYN,ACK SYN\" (of these, exactly those are set), out of FIN, SYN, "
      "RST, PSH, ACK, URG, ECE, CWR, or ALL or NONE";
  const auto flags = parse_flag_mask(value.text(kWanted));
  if (!flags) value.refuse(kWanted);
  if ((flags->set & ~flags->mask) != 0) {
    value.fail(
        fmt::format("the rule can never match: {} must be set, but only {} is looked at; "
                    "name every flag in the first list",
                    flag_names(flags->set), flag_names(flags->mask)));
  }
  return std::make_shared<HasFlags>(*flags);
}

const RegisteredCondition flags_condition({
    .key = "flags",
    .subject = Subject::header,
    .takes = "text",
    .about = "as iptables' `--tcp-flags`: `\"SYN,ACK SYN\"` means that of SYN and ACK exactly SYN "
             "is set. One list alone, `\"RST,ACK\"`: of FIN, SYN, RST and ACK exactly those. Of "
             "`FIN`, `SYN`, `RST`, `PSH`, `ACK`, `URG`, `ECE`, `CWR`, `ALL` (without the last "
             "two), `NONE`",
    .read = read_flag_mask,
});

}  // namespace
}  // namespace latesyn
