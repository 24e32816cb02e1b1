#include <fmt/format.h>
#include <fmt/ranges.h>

#include "proxy/describe/describe.hpp"

namespace latesyn {
namespace {

std::string kind_text(const Parameter& parameter) {
  if (parameter.kind == ParameterKind::choice) {
    return fmt::format("{}", fmt::join(parameter.choices, " | "));
  }
  if (parameter.kind == ParameterKind::number) {
    return fmt::format("{} to {}", parameter.min, parameter.max);
  }
  return std::string(form_of(parameter.kind).name);
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
  out += "\n";
  for (const ParameterForm& form : kParameterForms) {
    if (form.wanted.empty()) continue;
    out += fmt::format("{}: {}, for example {}\n", form.name, form.wanted, form.example);
  }
  return out + "Kilo is 1000.\n";
}

}  // namespace latesyn
