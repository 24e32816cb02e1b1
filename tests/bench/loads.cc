#include "tests/bench/loads.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/bench/numbers.hpp"
#include "tests/netns/hosts.hpp"

namespace latesyn::bench {
namespace {

Endpoint endpoint(const std::string& address, std::uint16_t port) {
  return {IpAddress::parse(address).value(), port};
}

/// The number behind `label` in what wrk printed.
double number_behind(const std::string& text, const std::string& label) {
  const auto at = text.find(label);
  if (at == text.npos) throw std::runtime_error("could not read what wrk printed:\n" + text);
  return std::stod(text.substr(at + label.size()));
}

}  // namespace

double bulk(const Bed& bed, const Standing& subject, std::uint16_t port, double seconds) {
  const auto server = bed.start_iperf(port);
  const auto text =
      bed.run(bed.network().client(), {"iperf3", "-c", subject.target, "-p", std::to_string(port),
                                       "-t", fmt::format("{:.0f}", std::max(1.0, seconds)), "-J"});
  return nlohmann::json::parse(text)["end"]["sum_received"]["bits_per_second"];
}

double filled_link(const Bed& bed, const Standing& subject, unsigned streams, double seconds) {
  constexpr auto kWarm = std::chrono::seconds(2);
  const std::chrono::milliseconds measured(std::lround(1000 * seconds));
  // More than 128 are more than one program is allowed.
  const unsigned programs = (streams + 127) / 128;
  std::vector<std::unique_ptr<RunningProgram>> servers, clients;
  std::vector<std::string> ports;
  for (unsigned i = 0; i < programs; ++i) {
    const std::uint16_t port = next_port();
    servers.push_back(bed.start_iperf(port));
    ports.push_back(std::to_string(port));
  }
  for (const std::string& port : ports) {
    clients.push_back(
        bed.start(bed.network().client(), {"iperf3", "-c", subject.target, "-p", port, "-t", "60",
                                           "-P", std::to_string(streams / programs)}));
  }
  const auto run_on = [&clients](std::chrono::milliseconds time) {
    if (clients.front()->wait(time) == -1) return;
    throw std::runtime_error("could not measure with iperf3: " + clients.front()->said());
  };
  run_on(kWarm);
  const auto start = std::chrono::steady_clock::now();
  const std::uint64_t before = received(bed.network().server()).bytes;
  run_on(measured);
  const std::uint64_t bytes = received(bed.network().server()).bytes - before;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return 8 * static_cast<double>(bytes) / took.count();
}

double connections(const Bed& bed, const Standing& subject, std::uint16_t port, double seconds) {
  const auto server = bed.start_http(port);
  const auto text =
      bed.run(bed.network().client(),
              {"wrk", "-t1", "-c128", fmt::format("-d{:.0f}s", std::max(1.0, seconds)), "-H",
               "Connection: close", fmt::format("http://{}:{}/", subject.target, port)});
  return number_behind(text, "Requests/sec:");
}

RoundTrips round_trips(const Bed& bed, const Standing& subject, std::uint16_t port, int count) {
  const Server server(bed.network().server(), endpoint(std::string(kServer), port), echo);
  const auto connect = [&] {
    Descriptor made = connect_to(bed.network().client(), endpoint(subject.target, port));
    if (!made) throw std::runtime_error("could not connect to " + subject.target);
    return made;
  };
  const auto exchange = [](const Descriptor& client) {
    char byte = 'x';
    if (::send(client.get(), &byte, 1, MSG_NOSIGNAL) != 1 ||
        ::recv(client.get(), &byte, 1, 0) != 1) {
      throw std::runtime_error("a round trip through the subject failed");
    }
  };
  // Client-first learns from a first connection what the server offers: once it has been through,
  // and not before. What is measured is what every other one gets.
  exchange(connect());
  const Descriptor client = connect();
  std::vector<double> times_us;
  for (int i = 0; i < count; ++i) {
    const auto before = std::chrono::steady_clock::now();
    exchange(client);
    const std::chrono::duration<double, std::micro> took =
        std::chrono::steady_clock::now() - before;
    times_us.push_back(took.count());
  }
  return {quantile(times_us, 0.5), quantile(times_us, 0.99)};
}

}  // namespace latesyn::bench
