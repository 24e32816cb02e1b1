#pragma once
// Whether a report says of every packet what became of it.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>

namespace latesyn {

/// Packets that came in, less all whose fate the report of `latesyn run --json` tells. Zero where
/// none was forgotten or counted twice.
std::int64_t unaccounted(const nlohmann::json& report);

}  // namespace latesyn
