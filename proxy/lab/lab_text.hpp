#pragma once
// The lab's answer: for a terminal, and as JSON.

#include <nlohmann/json_fwd.hpp>

#include "proxy/lab/lab_session.hpp"

namespace latesyn {

/// What will be run, before it is.
std::string heading(const LabTask& task);

/// The ladder, the report, and whether the policy's example came true.
std::string to_text(const LabResult& result);

/// The report's object with `example`, `ladder` and `lab` added.
nlohmann::json to_json(const LabResult& result);

/// What each policy cost the server, one row each, for those that ran.
std::string comparison(const std::vector<LabTask>& tasks, const std::vector<LabResult>& results);

}  // namespace latesyn
