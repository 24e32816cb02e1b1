// The lab's answer as JSON.

#include <nlohmann/json.hpp>

#include "proxy/lab/lab_fields.hpp"
#include "proxy/lab/lab_text.hpp"

namespace latesyn {

nlohmann::json to_json(const LabResult& result) {
  nlohmann::json out = to_json(result.report);
  out.update(nlohmann::json(JsonFields::of(result)));
  return out;
}

}  // namespace latesyn
