#include <fmt/format.h>
#include <fmt/ranges.h>

#include "proxy/describe/describe.hpp"
#include "proxy/packet/option_names.hpp"
#include "proxy/values/flag_names.hpp"

namespace latesyn {
namespace {

constexpr std::array<std::string_view, kSegmentKindNames.size()> kSubjects{
    "a SYN", "a SYN-ACK", "a handshake's ACK", "an ACK", "data", "a FIN", "a RST"};

std::string segments_text(SegmentKinds segments) {
  if (segments == SegmentKinds::all()) return "any segment";
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kSubjects.size(); ++i) {
    if (segments.has(static_cast<SegmentKind>(i))) names.push_back(kSubjects[i]);
  }
  std::string out(names.front());
  for (std::size_t i = 1; i < names.size(); ++i) {
    out.append(i + 1 == names.size() ? " or " : ", ").append(names[i]);
  }
  return out;
}

std::string ordinal(std::uint32_t n) {
  const bool teen = n / 10 % 10 == 1;
  const std::string_view ending = teen || n % 10 > 3 || n % 10 == 0 ? "th"
                                  : n % 10 == 1                     ? "st"
                                  : n % 10 == 2                     ? "nd"
                                                                    : "rd";
  return fmt::format("{}{}", n, ending);
}

std::string flags_text(const FlagMatch& flags) {
  return fmt::format(", with {} of {} set", flag_names(flags.set), flag_names(flags.mask));
}

std::string range_text(const NumberRange& range) {
  if (range.first == range.last) return fmt::format("{}", range.first);
  return range.last == NumberRange{}.last ? fmt::format("{} or more", range.first)
                                          : fmt::format("{} to {}", range.first, range.last);
}

std::string options_text(std::string_view start, const std::vector<std::uint8_t>& options) {
  std::vector<std::string> names;
  for (const std::uint8_t kind : options) names.push_back(option_name(kind));
  return names.empty() ? "" : fmt::format(", {} {}", start, fmt::join(names, " and "));
}

std::string states_text(const ConnectionStates& states) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states.test(i)) names.push_back(kConnectionStateNames[i]);
  }
  return fmt::format(", in state {}", fmt::join(names, " or "));
}

/// What the headers and the connection say of a segment.
std::string details_text(const Match& when) {
  std::string out;
  if (when.payload) out += fmt::format(", with {} bytes of data", range_text(*when.payload));
  if (when.position) out += fmt::format(", at byte {} of its stream", range_text(*when.position));
  if (when.states) out += states_text(*when.states);
  out += options_text("with", when.options);
  out += options_text("without", when.no_options);
  if (when.ecn) out += fmt::format(", marked {}", kEcnNames[*when.ecn]);
  return out;
}

/// What narrows the match further, each with a comma before it.
std::string conditions_text(const Match& when) {
  std::string out;
  if (when.copy) out += fmt::format(", copy {}", *when.copy);
  if (when.connection) out += fmt::format(", of connection {}", *when.connection);
  if (when.every) out += fmt::format(", of every {} connection", ordinal(*when.every));
  if (when.life) {
    out += *when.life == Life::stale ? ", of a stale incarnation" : ", of the current incarnation";
  }
  if (when.flags) out += flags_text(*when.flags);
  out += details_text(when);
  if (when.probability < 1) out += fmt::format(", with a chance of {:g} %", when.probability * 100);
  return out;
}

/// What of the segment the rule is for, in front of what it does.
std::string acts_on_text(const Rule& rule) {
  constexpr std::array<std::string_view, kActsOnNames.size()> kOnly{
      "the original only: it ", "copies only: each ", "what was forged only: it "};
  return rule.acts_on ? std::string(kOnly[static_cast<std::size_t>(*rule.acts_on)]) : "";
}

}  // namespace

std::string names(SegmentKinds kinds) {
  std::string out;
  for (std::size_t i = 0; i < kSegmentKindNames.size(); ++i) {
    if (!kinds.has(static_cast<SegmentKind>(i))) continue;
    out.append(out.empty() ? "" : ", ").append(kSegmentKindNames[i]);
  }
  return out;
}

std::string describe(const Rule& rule) {
  std::string out = fmt::format("\"{}\": {}", rule.name, segments_text(rule.when.segments));
  if (rule.when.from) {
    out += *rule.when.from == Side::client ? " from the client" : " from the server";
  }
  const std::string conditions = conditions_text(rule.when);
  out += conditions + (conditions.empty() ? " " : ", ") + acts_on_text(rule) +
         rule.impairment->sentence();
  return rule.last ? out + "; no later rule sees it" : out;
}

}  // namespace latesyn
