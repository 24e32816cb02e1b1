#include "tests/bench/soak.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/bench/probes.hpp"
#include "tests/bench/steady_clients.hpp"
#include "tests/netns/accounts.hpp"

namespace latesyn::bench {
namespace {

/// Late SYNs, delays, losses, copies and connections that nobody touches.
constexpr const char* kPolicy = R"(
[[rule]]
name = "stuck"
when = { segment = "syn", copy = 1, every = 500 }
do = "hold"
until = "closed"
after = "1s"

[[rule]]
when = { segment = "syn", every = 7 }
do = "delay"
by = "2ms"
jitter = "1ms"

[[rule]]
when = { segment = "fin", copy = 1, every = 1000 }
do = "drop"

[[rule]]
when = { segment = "rst", every = 11 }
do = "duplicate"
)";

constexpr std::uint16_t kPorts = 100;

std::unique_ptr<RunningProgram> start_servers(const Bed& bed) {
  std::string listens_at;
  for (std::uint16_t i = 0; i < kPorts; ++i) {
    listens_at += fmt::format("listen {} backlog=65535; ", kFirstPort + i);
  }
  const auto config = bed.write(
      "soak.conf", fmt::format("daemon off; master_process off; pid {}; error_log /dev/null;\n"
                               "events {{ worker_connections 16000; }}\n"
                               "http {{ access_log off; keepalive_timeout 0;\n"
                               "  server {{ {} return 200 \"ok\"; }} }}\n",
                               bed.path("soak.pid"), listens_at));
  auto server = bed.start(bed.network().server(), {"nginx", "-c", config});
  if (!listens(bed.network().server(), kFirstPort)) {
    throw std::runtime_error("could not start nginx as the server: " + server->said());
  }
  return server;
}

std::vector<std::uint16_t> ports() {
  std::vector<std::uint16_t> all;
  for (std::uint16_t i = 0; i < kPorts; ++i) {
    all.push_back(static_cast<std::uint16_t>(kFirstPort + i));
  }
  return all;
}

int judged(const SteadyClients& clients, const nlohmann::json& report, double first, double last) {
  const double growth = (last - first) / first;
  const std::int64_t missing = unaccounted(report);
  const bool whole =
      missing == 0 && report["lost"] == 0 && report["unsent"] == 0 && report["queue_failures"] == 0;
  fmt::print("{} connections answered, {} failed; {} packets, {} unaccounted, {} lost, {} unsent\n",
             clients.answered(), clients.failed(), report["counters"]["packets"].dump(), missing,
             report["lost"].dump(), report["unsent"].dump());
  fmt::print("memory grew by {:.1f} % over the last half\n", 100 * growth);
  return whole && growth < 0.05 ? 0 : 1;
}

}  // namespace

int soak(const SoakOptions& options) {
  constexpr int kParts = 10;
  const Bed bed;
  const auto server = start_servers(bed);
  const auto standing = latesyn_with("soak", kPolicy).stand(bed, kFirstPort);
  SteadyClients clients(bed.network().client(), ports());
  const std::chrono::duration<double> part = options.duration / kParts;
  std::vector<double> memory;
  for (int i = 1; i <= kParts; ++i) {
    clients.run(options.per_second, part);
    memory.push_back(resident_bytes(standing.program->pid()));
    fmt::print("{:6.0f} s  {:>9} connections answered, {} failed, {:.1f} MB\n", i * part.count(),
               clients.answered(), clients.failed(), memory.back() / 1e6);
    std::fflush(stdout);  // whoever keeps it in a file wants to see how it goes
  }
  clients.finish();
  standing.program->send(SIGINT);
  const int status = standing.program->wait(std::chrono::seconds(60));
  if (status != 0) throw std::runtime_error("latesyn ended badly: " + standing.program->said());
  const auto report = nlohmann::json::parse(std::ifstream(bed.path("report")));
  return judged(clients, report, memory[kParts / 2 - 1], memory.back());
}

}  // namespace latesyn::bench
