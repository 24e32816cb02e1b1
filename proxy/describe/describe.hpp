#pragma once
// Policies and impairments in words, for `latesyn check` and `latesyn impairments`. Pure text: what
// is printed here is what the proxy does.

#include <string>
#include <string_view>

#include "proxy/intercept/plan.hpp"

namespace latesyn {

/// The interception plan (firewall rules of each family, queue settings) and each rule as a
/// sentence; ends with a line break.
std::string describe(const Policy& policy);

/// One rule without its number: `"stuck": a SYN, copy 1, is held until …`.
std::string describe(const Rule& rule);

/// What of its traffic a plan takes in: "SYN, FIN and RST".
std::string_view taken_text(const Plan& plan);

/// "syn, syn-ack"
std::string names(SegmentKinds kinds);

/// Every registered impairment with its parameters, their units and defaults.
std::string describe_impairments();

}  // namespace latesyn
