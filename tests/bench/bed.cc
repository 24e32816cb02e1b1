#include "tests/bench/bed.hpp"

#include <fmt/format.h>

#include <fstream>

#include "proxy/process/command.hpp"
#include "proxy/process/sysctls.hpp"
#include "tests/netns/eventually.hpp"

namespace latesyn::bench {
namespace {

Addresses addresses() {
  const auto at = [](std::string_view text) { return IpAddress::parse(text).value(); };
  return {.client_v4 = at(kClient),
          .client_v6 = at("fd00:1::2"),
          .server_v4 = at(kServer),
          .server_v6 = at("fd00:2::2")};
}

std::string program(const std::string& name) {
  const auto path = find_program(name);
  if (!path) {
    throw std::runtime_error(fmt::format(
        "could not start {}: not installed; ./dev bench installs what it measures with", name));
  }
  return *path;
}

bool is_in_list_of_listeners(const Namespace& host, std::uint16_t port) {
  const Inside inside(host);
  const std::string ending = fmt::format(":{:04X}", port);
  for (const char* list : {"/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"}) {
    std::ifstream file(list);
    std::string number, local, remote, state;
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      words >> number >> local >> remote >> state;
      if (local.ends_with(ending) && state == "0A") return true;
    }
  }
  return false;
}

}  // namespace

std::uint16_t next_port() {
  static std::uint16_t next = kFirstPort;
  return next == kLastPort ? next = kFirstPort : next++;
}

Bed::Bed() : network_(addresses()) {
  const std::map<std::string, std::string> ports{{"net.ipv4.ip_local_port_range", "1024 65000"}};
  set_sysctls(network_.client(), ports);
  set_sysctls(network_.router(), ports);
  set_sysctls(network_.server(),
              {{"net.core.somaxconn", "65535"}, {"net.ipv4.tcp_max_syn_backlog", "65535"}});
  run(network_.router(), {"ip", "route", "add", fmt::format("{}/16", kNobody), "via",
                          std::string(kClient), "dev", "client", "onlink"});
}

std::string Bed::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name)) << text;
  return path(name);
}

std::string Bed::run(const Namespace& host, std::vector<std::string> words,
                     std::string_view input) const {
  words[0] = program(words[0]);
  const Inside inside(host);
  const CommandResult result = run_command(words, input, std::chrono::seconds(60));
  if (!result.ok()) {
    throw std::runtime_error(fmt::format("could not run {}: {}", words[0], result.why()));
  }
  return result.out;
}

std::unique_ptr<RunningProgram> Bed::start(const Namespace& host,
                                           const std::vector<std::string>& words) const {
  ProgramSettings settings;
  settings.program = program(words[0]);
  return std::make_unique<RunningProgram>(
      host, std::vector<std::string>(words.begin() + 1, words.end()), settings);
}

std::unique_ptr<RunningProgram> Bed::start_http(std::uint16_t port) const {
  const std::string config = write(
      "http.conf", fmt::format("daemon off; master_process off; pid {0}; error_log /dev/null;\n"
                               "events {{ worker_connections 16000; }}\n"
                               "http {{ access_log off; keepalive_timeout 0;\n"
                               "  server {{ listen {1} backlog=65535; return 200 \"ok\"; }} }}\n",
                               path("http.pid"), port));
  auto server = start(network_.server(), {"nginx", "-c", config});
  if (!listens(network_.server(), port)) {
    throw std::runtime_error("could not start nginx as the server: " + server->said());
  }
  return server;
}

std::unique_ptr<RunningProgram> Bed::start_iperf(std::uint16_t port) const {
  auto server = start(network_.server(), {"iperf3", "-s", "-p", std::to_string(port)});
  if (!listens(network_.server(), port)) {
    throw std::runtime_error("could not start iperf3 as the server: " + server->said());
  }
  return server;
}

Received received(const Namespace& host) {
  const Inside inside(host);
  std::ifstream file("/proc/thread-self/net/dev");
  for (std::string line; std::getline(file, line);) {
    const auto at = line.find("eth0:");
    if (at == line.npos) continue;
    std::istringstream words(line.substr(at + 5));
    Received out;
    words >> out.bytes >> out.packets;
    return out;
  }
  throw std::runtime_error("could not read what has reached a host");
}

bool listens(const Namespace& host, std::uint16_t port) {
  return eventually([&] { return is_in_list_of_listeners(host, port); });
}

}  // namespace latesyn::bench
