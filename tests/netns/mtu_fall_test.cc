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

/// Of one end: the whole link, as a single segment that is longer than the receiving end of a veth
/// takes is lost on the way in, where nobody could tell its sender.
void narrow_link(const Relaying& relaying, Side end) {
  const bool is_clients = end == Side::client;
  const auto set = [](const Namespace& host, const char* link) {
    const Inside inside(host);
    REQUIRE(run_command({"ip", "link", "set", link, "mtu", "1280"}).ok());
  };
  set(is_clients ? relaying.network().client() : relaying.network().server(), "eth0");
  set(relaying.network().router(), is_clients ? "client" : "server");
}

/// A connection with data before and after that end's link became narrow, and the report.
nlohmann::json through_narrow_link(Relaying& relaying, Family family, Side end) {
  const Server server(relaying.network().server(), relaying.router().server(family), echo);
  {
    const Descriptor client =
        connect_to(relaying.network().client(), relaying.router().server(family));
    REQUIRE(client);
    CHECK(exchange(client.get()));
    narrow_link(relaying, end);
    CHECK(exchange(client.get()));
    ::shutdown(client.get(), SHUT_WR);
    CHECK(receive_all(client.get()).empty());
  }
  return relaying.stop();
}

}  // namespace

TEST_CASE("Where the next link takes less than before, senders are told, and connections go on") {
  const Family family = GENERATE(Family::v4, Family::v6);
  // Of a server that is not known yet little is promised, and its client sends nothing long.
  const auto [mode, end] = GENERATE(table<std::string, Side>({{"", Side::client},
                                                              {"", Side::server},
                                                              {kShifted, Side::client},
                                                              {kShifted, Side::server},
                                                              {kClientFirst, Side::client}}));
  INFO(mode << (family == Family::v4 ? ", IPv4, " : ", IPv6, ") << name(end));
  Relaying relaying(mode_text(mode, std::string(kChanged)));
  const auto report = through_narrow_link(relaying, family, end);
  CHECK(report["told_too_long"] > 0);
  CHECK(report["unsent"] >= report["told_too_long"]);
}

TEST_CASE("Where the sender allows it, what is too long for the next link is cut", "[alone]") {
  const Side end = GENERATE(Side::client, Side::server);
  INFO(name(end));
  Relaying relaying(mode_text("", std::string(kChanged)));
  for (const Namespace* host : {&relaying.network().client(), &relaying.network().server()}) {
    set_sysctls(*host, {{"net.ipv4.ip_no_pmtu_disc", "1"}});
  }
  const auto report = through_narrow_link(relaying, Family::v4, end);
  CHECK(report["told_too_long"] == 0);
  CHECK(report["unsent"] == 0);
}

}  // namespace latesyn
