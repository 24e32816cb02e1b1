// latesyn's own handshakes under every triple of TCP options, segment sizes and families that two
// ends can differ in.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "proxy/process/command.hpp"
#include "proxy/process/sysctls.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn {
namespace {

/// Either of two levels for each factor. The rows are Paley's Hadamard matrix of order 12: among
/// any three factors all eight combinations of levels occur.
class Combination {
 public:
  static constexpr int kRows = 12;
  explicit Combination(int row) : row_(row) {}

  bool client_first() const { return level(0); }
  Family family() const { return level(1) ? Family::v6 : Family::v4; }
  std::string mode() const { return client_first() ? kClientFirst : kShifted; }

  std::map<std::string, std::string> client_sysctls() const { return sysctls(2); }
  std::map<std::string, std::string> server_sysctls() const { return sysctls(5); }
  int client_mss() const { return level(8) ? 536 : 1460; }
  int server_mss() const { return level(9) ? 536 : 1460; }

  std::string text() const {
    const auto side = [](const std::map<std::string, std::string>& settings, int mss) {
      std::string said = fmt::format("MSS {}", mss);
      for (const auto& [name, value] : settings) said += fmt::format(", {} {}", name, value);
      return said;
    };
    return fmt::format("{}, {}\nclient: {}\nserver: {}", mode(),
                       family() == Family::v4 ? "IPv4" : "IPv6",
                       side(client_sysctls(), client_mss()), side(server_sysctls(), server_mss()));
  }

 private:
  bool level(int factor) const {
    constexpr std::array kResidues{false, true,  false, true, true, true,
                                   false, false, false, true, false};  // squares modulo 11
    return row_ == 11 || kResidues[static_cast<std::size_t>((row_ + factor) % 11)];
  }
  std::map<std::string, std::string> sysctls(int first) const {
    const auto setting = [&](int factor) { return std::string(level(factor) ? "1" : "0"); };
    return {{"net.ipv4.tcp_sack", setting(first)},
            {"net.ipv4.tcp_timestamps", setting(first + 1)},
            {"net.ipv4.tcp_window_scaling", setting(first + 2)}};
  }
  int row_;
};

/// The MSS that a host announces, by its only route.
void announce(const Namespace& host, int mss) {
  const Inside inside(host);
  const std::string advertised = std::to_string(mss);
  CHECK(run_command({"ip", "route", "change", "default", "via", "169.254.77.1", "dev", "eth0",
                     "onlink", "advmss", advertised})
            .ok());
  CHECK(run_command({"ip", "-6", "route", "change", "default", "via", "fe80::1", "dev", "eth0",
                     "onlink", "advmss", advertised})
            .ok());
}

void set_up(const Network& network, const Combination& combination) {
  set_sysctls(network.client(), combination.client_sysctls());
  set_sysctls(network.server(), combination.server_sysctls());
  announce(network.client(), combination.client_mss());
  announce(network.server(), combination.server_mss());
}

/// Bytes to send each way: those given, or as many megabytes as LATESYN_TEST_MEGABYTES says.
std::uint64_t size_of(std::uint64_t otherwise) {
  const char* const megabytes = std::getenv("LATESYN_TEST_MEGABYTES");
  return megabytes == nullptr ? otherwise : std::stoul(megabytes) * 1'000'000;
}

/// Twice: `client-first` knows nothing of the server in the first connection, its options in the
/// second.
void check_transfers(const Combination& combination, const std::string& rules, std::uint64_t size) {
  INFO(combination.text());
  Relaying relaying(mode_text(combination.mode(), rules));
  set_up(relaying.network(), combination);
  const auto first = size / 10;
  CHECK(transfer(relaying.router(), combination.family(), first) == std::pair(first, first));
  CHECK(transfer(relaying.router(), combination.family(), size) == std::pair(size, size));
  const auto report = relaying.stop();
  CHECK(report["lost"] == 0);
  CHECK(report["unsent"] == 0);
  CHECK(report["counters"]["incomplete"] == 0);
}

}  // namespace

TEST_CASE("joined halves carry data whatever options the ends agree on") {
  const int row = GENERATE(range(0, Combination::kRows));
  check_transfers(Combination(row), "", size_of(5'000'000));
}

TEST_CASE("joined halves survive loss and reordering whatever options the ends agree on") {
  const int row = GENERATE(range(0, Combination::kRows));
  check_transfers(Combination(row), R"(
[[rule]]
when = { probability = 0.02 }
do = "drop"

[[rule]]
when = { probability = 0.02 }
do = "delay"
by = "3ms"
jitter = "2ms"
)",
                  size_of(500'000));
}

}  // namespace latesyn
