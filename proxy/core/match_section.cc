#include <fmt/format.h>

#include "proxy/core/flag_names.hpp"
#include "proxy/core/policy_sections.hpp"

namespace latesyn {
namespace {

constexpr std::uint32_t kNumberMax = std::numeric_limits<std::uint32_t>::max();

SegmentKinds read_segments(const TomlValue& value) {
  SegmentKinds kinds;
  const auto add = [&kinds](const TomlValue& word) {
    kinds.add(static_cast<SegmentKind>(word.choice(kSegmentKindNames)));
  };
  if (!value.is_list()) {
    add(value);
    return kinds;
  }
  for (const TomlValue& word : value.list("at least one kind", kSegmentKindNames.size())) add(word);
  return kinds;
}

Side read_sender(const TomlValue& value) {
  constexpr std::array<std::string_view, 2> kDirections{"to-server", "to-client"};
  return value.choice(kDirections) == 0 ? Side::client : Side::server;
}

Life read_life(const TomlValue& value) {
  constexpr std::array<std::string_view, 2> kLives{"current", "stale"};
  return value.choice(kLives) == 0 ? Life::current : Life::stale;
}

FlagMatch read_flags(const TomlValue& value) {
  constexpr std::string_view kWanted =
      "flags as iptables does, \"SYN,ACK SYN\" (of these, exactly those are set), out of FIN, SYN, "
      "RST, PSH, ACK, URG, or ALL or NONE";
  const auto flags = parse_flag_match(value.text(kWanted));
  if (!flags) value.refuse(kWanted);
  if ((flags->set & ~flags->mask) != 0) {
    value.fail(
        fmt::format("the rule can never match: {} must be set, but only {} is looked at; "
                    "name every flag in the first list",
                    flag_names(flags->set), flag_names(flags->mask)));
  }
  return *flags;
}

}  // namespace

Match read_match(const TomlValue& when) {
  TomlTable table = when.table("when");
  Match match;
  if (const auto value = table.find("segment")) match.segments = read_segments(*value);
  if (const auto value = table.find("direction")) match.from = read_sender(*value);
  if (const auto value = table.find("copy")) match.copy = value->number(1, kNumberMax);
  if (const auto value = table.find("connection")) match.connection = value->number(1, kNumberMax);
  if (const auto value = table.find("every")) match.every = value->number(1, kNumberMax);
  if (const auto value = table.find("incarnation")) match.life = read_life(*value);
  if (const auto value = table.find("flags")) match.flags = read_flags(*value);
  if (const auto value = table.find("probability")) match.probability = value->probability();
  table.refuse_unread();
  return match;
}

}  // namespace latesyn
