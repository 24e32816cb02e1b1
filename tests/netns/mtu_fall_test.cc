// A link that takes less than it did, while connections run whose segments we send ourselves: the
// kernel tells nobody that they are too long, so we do.

#include <fmt/format.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <vector>

#include "proxy/process/command.hpp"
#include "proxy/process/sysctls.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn {
namespace {

constexpr std::size_t kSaid = 40'000;

/// Data leave changed, and so through our raw socket.
constexpr std::string_view kChanged = R"(
[[rule]]
name = "fewer hops"
when = { segment = "data" }
do = "rewrite"
ttl = 60
)";

/// True where as much comes back as goes there.
bool exchange(int connection) {
  const std::vector<char> said(kSaid, 'x');
  std::vector<char> back(kSaid);
  std::thread saying([&] { ::send(connection, said.data(), said.size(), MSG_NOSIGNAL); });
  const bool all = receive(connection, back.data(), back.size(), MSG_WAITALL) ==
                   static_cast<ssize_t>(back.size());
  if (!all) ::shutdown(connection, SHUT_RDWR);
  saying.join();
  return all && back == said;
}

void narrow_links(const Router& router) {
  const Inside inside(router.network().router());
  REQUIRE(run_command({"ip", "-batch", "-"}, "link set client mtu 1280\nlink set server mtu 1280\n")
              .ok());
}

/// A connection with data before and after the links became narrow, and the report.
nlohmann::json through_narrow_links(Relaying& relaying, Family family) {
  const Server server(relaying.network().server(), relaying.router().server(family), echo);
  {
    const Descriptor client =
        connect_to(relaying.network().client(), relaying.router().server(family));
    REQUIRE(client);
    CHECK(exchange(client.get()));
    narrow_links(relaying.router());
    CHECK(exchange(client.get()));
    ::shutdown(client.get(), SHUT_WR);
    CHECK(receive_all(client.get()).empty());
  }
  return relaying.stop();
}

}  // namespace

TEST_CASE("Where the next link takes less than before, senders are told, and connections go on") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const std::string mode = GENERATE(std::string(), kShifted, kClientFirst);
  INFO(mode << (family == Family::v4 ? ", IPv4" : ", IPv6"));
  Relaying relaying(mode_text(mode, std::string(kChanged)));
  const auto report = through_narrow_links(relaying, family);
  CHECK(report["told_too_long"] > 0);
  CHECK(report["unsent"] >= report["told_too_long"]);
}

TEST_CASE("Where the sender allows it, what is too long for the next link is cut", "[alone]") {
  Relaying relaying(mode_text("", std::string(kChanged)));
  for (const Namespace* host : {&relaying.network().client(), &relaying.network().server()}) {
    set_sysctls(*host, {{"net.ipv4.ip_no_pmtu_disc", "1"}});
  }
  const auto report = through_narrow_links(relaying, Family::v4);
  CHECK(report["told_too_long"] == 0);
  CHECK(report["unsent"] == 0);
}

}  // namespace latesyn
