#include <fmt/format.h>

#include "proxy/loader/policy_sections.hpp"
#include "proxy/match/values.hpp"
#include "proxy/values/duration_text.hpp"
#include "proxy/values/flag_names.hpp"

namespace latesyn {
namespace {

/// What `parse` makes of the text; an error says what the kind is.
template <typename Parse>
auto read_text(ParameterKind kind, const DocumentValue& value, Parse parse) {
  const ParameterForm& form = form_of(kind);
  const std::string wanted = fmt::format("{}, for example {}", form.wanted, form.example);
  const auto read = parse(value.text(wanted));
  if (!read) value.refuse(wanted);
  return *read;
}

std::optional<ParameterValue> parse_backlog(std::string_view text) {
  if (const auto time = parse_duration(text)) return *time;
  const auto size = parse_byte_count(text);
  return size ? std::optional<ParameterValue>(*size) : std::nullopt;
}

ParameterValue read_value(const Parameter& parameter, const DocumentValue& value) {
  switch (parameter.kind) {
    case ParameterKind::duration:
      return value.duration();
    case ParameterKind::count:
      return value.number(1, kParameterMax);
    case ParameterKind::share:
      return value.share();
    case ParameterKind::number:
      return value.integer(parameter.min, parameter.max);
    case ParameterKind::flags:
      return std::uint32_t{read_text(parameter.kind, value, parse_flags)};
    case ParameterKind::rate:
      return read_text(parameter.kind, value, parse_bit_rate);
    case ParameterKind::size:
      return read_text(parameter.kind, value, parse_byte_count);
    case ParameterKind::backlog:
      return read_text(parameter.kind, value, parse_backlog);
    case ParameterKind::option:
      return std::uint32_t{read_option(value)};
    case ParameterKind::choice:
      break;
  }
  return std::string(parameter.choices[value.choice(parameter.choices)]);
}

/// A default is read as if the policy had it, so that it can't be anything a policy couldn't say.
ParameterValue read_fallback(const Parameter& parameter, const Place& place) {
  const std::string text(parameter.fallback);
  const std::string key(parameter.key);
  DocumentNode node{place.at, text};
  if (parameter.kind == ParameterKind::count) node.value = std::int64_t{std::stoll(text)};
  return read_value(parameter, DocumentValue(place, key, node));
}

/// Without a value there is none, instead of a default.
bool may_be_left_out(ParameterKind kind) {
  return kind == ParameterKind::number || kind == ParameterKind::share;
}

std::string example_of(const Parameter& parameter) {
  const auto example = [&parameter]() -> std::string {
    if (parameter.kind == ParameterKind::choice) {
      return fmt::format("\"{}\"", parameter.choices.front());
    }
    if (parameter.kind == ParameterKind::number) return std::to_string(parameter.max);
    return std::string(form_of(parameter.kind).example);
  };
  return fmt::format("{} = {}", parameter.key, example());
}

}  // namespace

Parameters read_parameters(DocumentTable& rule, const ImpairmentKind& kind) {
  std::map<std::string, ParameterValue, std::less<>> values;
  for (const Parameter& parameter : kind.parameters) {
    std::optional<DocumentValue> value = parameter.fallback.empty()
                                             ? rule.at(parameter.key, example_of(parameter))
                                             : rule.find(parameter.key);
    if (!value && may_be_left_out(parameter.kind)) continue;
    values.emplace(parameter.key,
                   value ? read_value(parameter, *value) : read_fallback(parameter, rule.place()));
  }
  return Parameters(std::move(values));
}

}  // namespace latesyn
