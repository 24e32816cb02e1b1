#pragma once
// Counters as JSON, by their rows.

#include <nlohmann/json.hpp>

#include <string>

#include "proxy/notes/counters.hpp"

namespace latesyn {

/// An object with a key for each row.
template <typename Numbers, std::size_t N>
nlohmann::json numbers_json(const Numbers& numbers, const std::array<NumberRow<Numbers>, N>& rows) {
  nlohmann::json out = nlohmann::json::object();
  for (const auto& row : rows) out[std::string(row.name)] = numbers.*row.value;
  return out;
}

}  // namespace latesyn
