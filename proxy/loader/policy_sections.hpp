#pragma once
// The sections of a policy file, one reader each (in a file of its own, named after the section).
// Each throws PolicyError at the value that is wrong.

#include "proxy/document/document_reader.hpp"
#include "proxy/policy/policy.hpp"

namespace latesyn {

/// The most that can be expected of anything that is counted.
inline constexpr std::uint32_t kCountMax = 1'000'000;

/// 3, or ">= 3"; `wanted` says so in an error.
CountBound read_count_bound(const DocumentValue& value, std::string_view wanted);

Traffic read_traffic(const DocumentValue& section);

PolicyLimits read_limits(const DocumentValue& section);

/// `when` of a rule.
Match read_match(const DocumentValue& when);

/// The parameters of a rule's impairment: given, or by default.
Parameters read_parameters(DocumentTable& rule, const ImpairmentKind& kind);

/// The rules in file order; at most 1,000, each with a name of its own.
std::vector<Rule> read_rules(const DocumentValue& section);

/// What is replayed from captures; at most 100, without their packets yet.
std::vector<CaptureReplay> read_replays(const DocumentValue& section,
                                        const std::vector<Rule>& rules);

std::vector<Expectation> read_expectations(const DocumentValue& section,
                                           const std::vector<Rule>& rules,
                                           const std::vector<CaptureReplay>& replays);

/// Those keys of an [[expect]] that are about the lab's hosts.
LabExpectation read_lab_expectation(DocumentTable& table);

LabSettings read_lab(const DocumentValue& section, const std::vector<Rule>& rules);

/// `steps` of [lab]; a step may name a rule.
std::vector<LabStep> read_steps(const DocumentValue& value, const std::vector<Rule>& rules);

/// The lines in file order, their times never going backwards.
std::vector<FigureLine> read_example(const DocumentValue& section);

}  // namespace latesyn
