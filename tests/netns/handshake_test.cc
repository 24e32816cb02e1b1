// latesyn's own handshakes between real kernels: what each end sees of them, and that the halves
// are joined without loss.

#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "tests/netns/hosts.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn {
namespace {

constexpr std::uint64_t kSizeUnderLoss = 5'000'000;

constexpr const char* kLossy = R"(
[[rule]]
when = { segment = "data", probability = 0.02 }
do = "drop"

[[rule]]
when = { segment = "data", probability = 0.02 }
do = "delay"
by = "3ms"
)";

/// What connect() says, and then a read: "connected, reset".
std::string attempt(const Router& router, Family family) {
  errno = 0;
  const Descriptor connection = connect_to(router.network().client(), router.server(family));
  const std::string connected = connection ? "connected" : ::strerror(errno);
  if (!connection) return connected;
  char byte = 0;
  errno = 0;
  return connected + ", " + (receive(connection.get(), &byte, 1) < 0 ? ::strerror(errno) : "end");
}

}  // namespace

TEST_CASE("100 MB each way arrive intact through handshakes of our own, one side closing first") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const char* const mode = GENERATE(kServerFirst, kShifted, kClientFirst);
  INFO(mode << (family == Family::v4 ? ", IPv4" : ", IPv6"));
  Relaying relaying(mode_text(std::string(mode) + "\ntranslate = \"user\""));
  CHECK(transfer(relaying.router(), family, kBulkSize) == std::pair(kBulkSize, kBulkSize));
  const auto report = relaying.stop();
  CHECK(report["lost"] == 0);
  CHECK(report["counters"]["incomplete"] == 0);
}

TEST_CASE("a server that has been asked before is answered for with its own options") {
  Relaying relaying(mode_text(kClientFirst));
  CHECK(transfer(relaying.router(), Family::v4, 1000) ==
        std::pair<std::uint64_t, std::uint64_t>(1000, 1000));
  CHECK(transfer(relaying.router(), Family::v4, kBulkSize) == std::pair(kBulkSize, kBulkSize));
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
