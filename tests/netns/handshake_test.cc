// latesyn's own handshakes between real kernels: what each end sees of them, and that the halves
// are joined without loss.

#include <fmt/format.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <future>

#include "tests/netns/bulk.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/router.hpp"

namespace latesyn {
namespace {

constexpr std::uint64_t kSize = 100'000'000, kSizeUnderLoss = 5'000'000;

std::string mode_text(const std::string& settings, const std::string& rules = "") {
  return fmt::format(
      "about = \"test\"\n[traffic]\nservers = [\"10.2.0.2:8080\", \"[fd00:2::2]:8080\"]\n{}\n{}",
      settings, rules);
}

constexpr const char* kServerFirst = "handshake = \"server-first\"";
constexpr const char* kShifted =
    "handshake = \"server-first\"\nserver_isn = \"hashed\"\nclient_isn = \"hashed\"";
constexpr const char* kClientFirst = "handshake = \"client-first\"";
constexpr const char* kLossy = R"(
[[rule]]
when = { segment = "data", probability = 0.02 }
do = "drop"

[[rule]]
when = { segment = "data", probability = 0.02 }
do = "delay"
by = "3ms"
)";

/// A router that shakes hands in one way, and stops as it should.
class Relaying {
 public:
  explicit Relaying(const std::string& policy)
      : program_(router_.run({router_.write("p.toml", policy), "--json", router_.path("report")})) {
  }

  const Router& router() const { return router_; }
  nlohmann::json stop() {
    program_->send(SIGINT);
    INFO(program_->said());
    CHECK(program_->wait() == 0);
    return router_.read_json("report");
  }

 private:
  Router router_;
  std::unique_ptr<RunningProgram> program_;
};

/// Sends so much to the server, which sends as much back; what arrived unharmed, both ways.
std::pair<std::uint64_t, std::uint64_t> transfer(const Router& router, Family family,
                                                 std::uint64_t size) {
  std::promise<std::uint64_t> at_server;
  const Server server(router.network().server(), router.server(family), [&](int connection) {
    at_server.set_value(receive_bulk(connection));
    send_bulk(connection, size);
  });
  const Descriptor connection = connect_to(router.network().client(), router.server(family));
  REQUIRE(connection);
  CHECK(send_bulk(connection.get(), size));
  ::shutdown(connection.get(), SHUT_WR);
  const std::uint64_t at_client = receive_bulk(connection.get());
  return {at_server.get_future().get(), at_client};
}

/// What connect() says, and then a read: "connected, reset".
std::string attempt(const Router& router, Family family) {
  errno = 0;
  const Descriptor connection = connect_to(router.network().client(), router.server(family));
  const std::string connected = connection ? "connected" : ::strerror(errno);
  if (!connection) return connected;
  char byte = 0;
  errno = 0;
  return connected + ", " + (::recv(connection.get(), &byte, 1, 0) < 0 ? ::strerror(errno) : "end");
}

}  // namespace

TEST_CASE("100 MB each way arrive intact through handshakes of our own, one side closing first") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const char* const mode = GENERATE(kServerFirst, kShifted, kClientFirst);
  INFO(mode << (family == Family::v4 ? ", IPv4" : ", IPv6"));
  Relaying relaying(mode_text(mode));
  CHECK(transfer(relaying.router(), family, kSize) == std::pair(kSize, kSize));
  const auto report = relaying.stop();
  CHECK(report["lost"] == 0);
  CHECK(report["counters"]["incomplete"] == 0);
}

TEST_CASE("a server that has been asked before is answered for with its own options") {
  Relaying relaying(mode_text(kClientFirst));
  CHECK(transfer(relaying.router(), Family::v4, 1000) ==
        std::pair<std::uint64_t, std::uint64_t>(1000, 1000));
  CHECK(transfer(relaying.router(), Family::v4, kSize) == std::pair(kSize, kSize));
}

TEST_CASE("joined halves survive loss and reordering") {
  const char* const mode = GENERATE(kShifted, kClientFirst);
  INFO(mode);
  Relaying relaying(mode_text(mode, kLossy));
  CHECK(transfer(relaying.router(), Family::v4, kSizeUnderLoss) ==
        std::pair(kSizeUnderLoss, kSizeUnderLoss));
}

TEST_CASE("a closed port is refused by server-first, and a connect and a reset with client-first") {
  const Family family = GENERATE(Family::v4, Family::v6);
  CHECK(attempt(Relaying(mode_text(kServerFirst)).router(), family) == "Connection refused");
  // The reset may come before the program has woken from its connect().
  CHECK_THAT(attempt(Relaying(mode_text(kClientFirst)).router(), family),
             Catch::Matchers::EndsWith("Connection reset by peer"));
}

TEST_CASE("connect() fails as the way to refuse says") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const auto refused = [family](const std::string& settings) {
    return attempt(Relaying(mode_text(settings)).router(), family);
  };
  CHECK(refused("handshake = \"refuse\"") == "Connection refused");
  CHECK(refused("handshake = \"unreachable\"") == "No route to host");
  CHECK(refused("handshake = \"unreachable\"\nunreachable = \"port-unreachable\"") ==
        "Connection refused");
}

}  // namespace latesyn
