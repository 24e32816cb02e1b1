#include <fmt/format.h>

#include <charconv>

#include "proxy/loader/policy_sections.hpp"
#include "proxy/packet/option_names.hpp"
#include "proxy/values/flag_names.hpp"

namespace latesyn {
namespace {

constexpr std::uint32_t kWordMax = std::numeric_limits<std::uint32_t>::max();

/// "0-1400", or "1-" without an end.
std::optional<NumberRange> parse_range(std::string_view text) {
  NumberRange range;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, range.first);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
  if (first.ptr + 1 == end) return range;
  const auto last = std::from_chars(first.ptr + 1, end, range.last);
  if (last.ec != std::errc() || last.ptr != end || range.last < range.first) return std::nullopt;
  return range;
}

SegmentKinds read_segments(const TomlValue& value) {
  SegmentKinds kinds;
  for (const TomlValue& word : value.one_or_list("at least one kind", kSegmentKindNames.size())) {
    kinds.add(static_cast<SegmentKind>(word.choice(kSegmentKindNames)));
  }
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
      "RST, PSH, ACK, URG, ECE, CWR, or ALL or NONE";
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

NumberRange read_range(const TomlValue& value) {
  constexpr std::string_view kWanted =
      "a whole number, or a range of them in quotes: \"0-1400\", or \"1-\" without an end";
  if (value.is_number()) {
    const std::uint32_t number = value.number(0, kWordMax);
    return {number, number};
  }
  const auto range = parse_range(value.text(kWanted));
  if (!range) value.refuse(kWanted);
  return *range;
}

ConnectionStates read_states(const TomlValue& value) {
  ConnectionStates states;
  for (const TomlValue& word :
       value.one_or_list("at least one state", kConnectionStateNames.size())) {
    states.set(word.choice(kConnectionStateNames));
  }
  return states;
}

std::vector<std::uint8_t> read_options(const TomlValue& value) {
  constexpr std::size_t kOptionsMax = 32;
  std::vector<std::uint8_t> kinds;
  for (const TomlValue& option : value.one_or_list("at least one option", kOptionsMax)) {
    kinds.push_back(read_option(option));
  }
  return kinds;
}

/// What the headers and the connection say of a segment, beside its kind.
void read_details(TomlTable& table, Match& match) {
  if (const auto value = table.find("payload")) match.payload = read_range(*value);
  if (const auto value = table.find("position")) match.position = read_range(*value);
  if (const auto value = table.find("state")) match.states = read_states(*value);
  if (const auto value = table.find("option")) match.options = read_options(*value);
  if (const auto value = table.find("no_option")) match.no_options = read_options(*value);
  if (const auto value = table.find("ecn")) {
    match.ecn = static_cast<std::uint8_t>(value->choice(kEcnNames));
  }
}

}  // namespace

std::uint8_t read_option(const TomlValue& value) {
  constexpr std::uint32_t kFirst = 2, kLast = 255;  // end and no-operation are no options
  if (value.is_number()) return static_cast<std::uint8_t>(value.number(kFirst, kLast));
  std::vector<std::string_view> names;
  for (const OptionName& known : kOptionNames) names.push_back(known.name);
  return kOptionNames[value.choice(names)].kind;
}

Match read_match(const TomlValue& when) {
  TomlTable table = when.table("when");
  Match match;
  if (const auto value = table.find("segment")) match.segments = read_segments(*value);
  if (const auto value = table.find("direction")) match.from = read_sender(*value);
  if (const auto value = table.find("copy")) match.copy = value->number(1, kWordMax);
  if (const auto value = table.find("connection")) match.connection = value->number(1, kWordMax);
  if (const auto value = table.find("every")) match.every = value->number(1, kWordMax);
  if (const auto value = table.find("incarnation")) match.life = read_life(*value);
  if (const auto value = table.find("flags")) match.flags = read_flags(*value);
  read_details(table, match);
  if (const auto value = table.find("probability")) match.probability = value->probability();
  table.refuse_unread();
  return match;
}

}  // namespace latesyn
