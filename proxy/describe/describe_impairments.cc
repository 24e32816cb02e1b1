#include <fmt/format.h>
#include <fmt/ranges.h>

#include "proxy/describe/describe.hpp"

namespace latesyn {
namespace {

std::string kind_text(const Parameter& parameter) {
  switch (parameter.kind) {
    case ParameterKind::duration:
      return "duration";
    case ParameterKind::count:
      return "count";
    case ParameterKind::share:
      return "0 to 1";
    case ParameterKind::number:
      return fmt::format("{} to {}", parameter.min, parameter.max);
    case ParameterKind::flags:
      return "flags";
    case ParameterKind::rate:
      return "rate";
    case ParameterKind::size:
      return "size";
    case ParameterKind::backlog:
      return "duration or size";
    case ParameterKind::option:
      return "option";
    case ParameterKind::choice:
      break;
  }
  return fmt::format("{}", fmt::join(parameter.choices, " | "));
}

std::string describe(const Parameter& parameter) {
  const std::string fallback =
      parameter.fallback.empty() ? "required" : fmt::format("default {}", parameter.fallback);
  return fmt::format("  {} ({}; {})\n      {}\n", parameter.key, kind_text(parameter), fallback,
                     parameter.about);
}

std::string describe(const ImpairmentKind& kind) {
  std::string out = fmt::format("{}: {}\n", kind.name, kind.about);
  if (kind.meant_for != SegmentKinds::all())
    out += fmt::format("  for {} only\n", names(kind.meant_for));
  if (kind.parameters.empty()) out += "  no parameters\n";
  for (const Parameter& parameter : kind.parameters) out += describe(parameter);
  return out;
}

}  // namespace

std::string describe_impairments() {
  std::string out;
  for (const ImpairmentKind* kind : impairments()) {
    if (!out.empty()) out += "\n";
    out += describe(*kind);
  }
  return out +
         "\nA duration is a number and a unit: ns, us, ms, s, m or h (\"300ms\", \"1.5s\").\n"
         "A rate is one, too: bit/s, kbit/s, Mbit/s or Gbit/s; and a size: B, kB, MB or GB. Kilo "
         "is "
         "1000.\n"
         "A count is a whole number from 1 to 10000.\n"
         "Flags are a list in quotes (\"SYN,ECE\"), ALL or NONE.\n"
         "An option is a name (\"timestamps\") or a kind (a number from 2 to 255).\n";
}

}  // namespace latesyn
