#include <fmt/format.h>

#include "proxy/describe/describe.hpp"

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

/// What of the segment the rule is for, in front of what it does.
std::string acts_on_text(const Rule& rule) {
  constexpr std::array<std::string_view, kActsOnNames.size()> kOnly{
      "the original only: it ", "copies only: each ", "what was forged only: it "};
  return rule.acts_on ? std::string(kOnly[static_cast<std::size_t>(*rule.acts_on)]) : "";
}

std::string memory_text(const Rule& rule) {
  constexpr std::array<std::string_view, kScopeNames.size()> kFor{
      "all of them together", "each client", "each flow", "each direction of a flow"};
  return rule.effects.remembers
             ? fmt::format("; it remembers for {}",
                           kFor[static_cast<std::size_t>(*rule.effects.remembers)])
             : "";
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
  const std::string subject = segments_text(rule.when.outline().named);
  const std::string phrases = rule.when.phrases();
  const bool has_commas = phrases.find(',') != phrases.npos;
  const std::string out =
      fmt::format("\"{}\": {}{}{}{}{}", rule.name, subject, phrases, has_commas ? ", " : " ",
                  acts_on_text(rule), rule.impairment->sentence() + memory_text(rule));
  return rule.last ? out + "; no later rule sees it" : out;
}

}  // namespace latesyn
