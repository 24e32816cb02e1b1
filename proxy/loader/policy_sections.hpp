#pragma once
// The sections of a policy file, one reader each (in a file of its own, named after the section).
// Each throws PolicyError at the value that is wrong.

#include "proxy/document/document_reader.hpp"
#include "proxy/policy/policy.hpp"

namespace latesyn {

/// The most that can be expected of anything that is counted.
inline constexpr std::uint32_t kCountMax = 1'000'000;

/// 3, or ">= 3"; `wanted` says so in an error.
CountBound read_count_bound(const TomlValue& value, std::string_view wanted);

Traffic read_traffic(const TomlValue& section);

PolicyLimits read_limits(const TomlValue& section);

/// `when` of a rule.
Match read_match(const TomlValue& when);

/// The parameters of a rule's impairment: given, or by default.
Parameters read_parameters(TomlTable& rule, const ImpairmentKind& kind);

/// The rules in file order; at most 1,000, each with a name of its own.
std::vector<Rule> read_rules(const TomlValue& section);

/// What is replayed from captures; at most 100, without their packets yet.
std::vector<CaptureReplay> read_replays(const TomlValue& section, const std::vector<Rule>& rules);

std::vector<Expectation> read_expectations(const TomlValue& section, const std::vector<Rule>& rules,
                                           const std::vector<CaptureReplay>& replays);

/// Those keys of an [[expect]] that are about the lab's hosts.
LabExpectation read_lab_expectation(TomlTable& table);

LabSettings read_lab(const TomlValue& section, const std::vector<Rule>& rules);

/// `steps` of [lab]; a step may name a rule.
std::vector<LabStep> read_steps(const TomlValue& value, const std::vector<Rule>& rules);

/// The lines in file order, their times never going backwards.
std::vector<FigureLine> read_example(const TomlValue& section);

}  // namespace latesyn
