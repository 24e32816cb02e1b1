#include <fmt/format.h>

#include "proxy/loader/policy_sections.hpp"
#include "proxy/match/values.hpp"
#include "proxy/values/duration_text.hpp"
#include "proxy/values/flag_names.hpp"

namespace latesyn {
namespace {

constexpr std::uint32_t kParameterMax = 10'000;

std::uint32_t read_flag_bits(const DocumentValue& value) {
  constexpr std::string_view kWanted =
      "flags, for example \"SYN,ECE\", out of FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, or ALL or "
      "NONE";
  const auto bits = parse_flags(value.text(kWanted));
  if (!bits) value.refuse(kWanted);
  return *bits;
}

constexpr std::string_view kRates = "a number and a unit (bit/s, kbit/s, Mbit/s, Gbit/s)",
                           kSizes = "a number and a unit (B, kB, MB, GB)";

BitRate read_rate(const DocumentValue& value) {
  const std::string wanted = fmt::format("{}, for example \"10Mbit/s\"", kRates);
  const auto rate = parse_bit_rate(value.text(wanted));
  if (!rate) value.refuse(wanted);
  return *rate;
}

ByteCount read_size(const DocumentValue& value) {
  const std::string wanted = fmt::format("{}, for example \"64kB\"", kSizes);
  const auto size = parse_byte_count(value.text(wanted));
  if (!size) value.refuse(wanted);
  return *size;
}

ParameterValue read_backlog(const DocumentValue& value) {
  const std::string wanted = fmt::format("a duration, for example \"50ms\", or {}", kSizes);
  const std::string text = value.text(wanted);
  if (const auto time = parse_duration(text)) return *time;
  const auto size = parse_byte_count(text);
  if (!size) value.refuse(wanted);
  return *size;
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
      return read_flag_bits(value);
    case ParameterKind::rate:
      return read_rate(value);
    case ParameterKind::size:
      return read_size(value);
    case ParameterKind::backlog:
      return read_backlog(value);
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
  switch (parameter.kind) {
    case ParameterKind::duration:
      return fmt::format("{} = \"300ms\"", parameter.key);
    case ParameterKind::count:
      return fmt::format("{} = 2", parameter.key);
    case ParameterKind::share:
      return fmt::format("{} = 0.01", parameter.key);
    case ParameterKind::number:
      return fmt::format("{} = {}", parameter.key, parameter.max);
    case ParameterKind::flags:
      return fmt::format("{} = \"SYN\"", parameter.key);
    case ParameterKind::rate:
      return fmt::format("{} = \"10Mbit/s\"", parameter.key);
    case ParameterKind::size:
    case ParameterKind::backlog:
      return fmt::format("{} = \"64kB\"", parameter.key);
    case ParameterKind::option:
      return fmt::format("{} = \"timestamps\"", parameter.key);
    case ParameterKind::choice:
      break;
  }
  return fmt::format("{} = \"{}\"", parameter.key, parameter.choices.front());
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
