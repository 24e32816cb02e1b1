#include "tests/netns/accounts.hpp"

#include <nlohmann/json.hpp>

namespace latesyn {

std::int64_t unaccounted(const nlohmann::json& report) {
  const auto& counters = report["counters"];
  std::int64_t rest = counters["packets"];
  for (const auto& [name, count] : counters["defects"].items()) rest -= count.get<std::int64_t>();
  for (const char* fate :
       {"other_traffic", "wrong_checksums", "icmp_shifted", "icmp_passed", "icmp_expired",
        "flows_full", "passed", "captured", "dropped", "ended"}) {
    rest -= counters.at(fate).get<std::int64_t>();
  }
  return rest;
}

}  // namespace latesyn
