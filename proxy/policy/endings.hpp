#pragma once
// What must be so in every lab, asked for or not: its commands end well, and so does the lab.

#include <vector>

#include "proxy/policy/expectation.hpp"

namespace latesyn {

/// A finding for the client's command and for the server's, where no expectation speaks of their
/// end; the server's may run on. And one where the run was cut off, which is no success.
std::vector<Finding> judge_endings(const std::vector<Expectation>& expectations,
                                   const LabFacts& facts);

}  // namespace latesyn
