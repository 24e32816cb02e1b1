#include <chrono>
#include <random>

#include "proxy/flows/flow_table.hpp"
#include "proxy/linux/huge_pages.hpp"
#include "tests/bench/probes.hpp"

namespace latesyn::bench {
namespace {

FlowKey key(std::uint32_t number) {
  const std::array<std::byte, 4> client{std::byte{10}, static_cast<std::byte>(number >> 16U),
                                        static_cast<std::byte>(number >> 8U & 255U), std::byte{1}};
  return {{IpAddress::from_bytes(client), static_cast<std::uint16_t>(number * 251U)},
          {IpAddress::parse(kServer).value(), 80}};
}

}  // namespace

double find_ns(std::size_t flows) {
  // As main() does.
  std::pmr::set_default_resource(&huge_pages());
  FlowTable table(flows);
  std::vector<FlowKey> keys;
  for (std::uint32_t i = 0; i < flows; ++i) {
    keys.push_back(key(i));
    table.make(keys.back(), Time());
  }
  std::shuffle(keys.begin(), keys.end(), std::minstd_rand(1));
  std::size_t found = 0;
  const auto start = std::chrono::steady_clock::now();
  for (const FlowKey& k : keys) found += table.find(k.client, k.server) != nullptr ? 1U : 0U;
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  if (found != keys.size()) throw std::runtime_error("a flow was not found again");
  return took.count() / static_cast<double>(keys.size());
}

}  // namespace latesyn::bench
