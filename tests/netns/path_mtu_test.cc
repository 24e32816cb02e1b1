// Path MTU discovery through halves with different numbers: the error about a segment that is too
// large quotes its numbers, and who gets it must find its own there.

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <future>

#include "proxy/process/command.hpp"
#include "proxy/process/sysctls.hpp"
#include "tests/netns/bulk.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/relaying.hpp"
#include "tests/netns/router.hpp"

namespace latesyn {
namespace {

constexpr std::uint64_t kSize = 1'000'000;

void ip(const Namespace& there, const std::string& lines) {
  const Inside inside(there);
  const CommandResult result = run_command({"ip", "-batch", "-"}, lines);
  INFO(result.why());
  REQUIRE(result.ok());
}

std::string policy(const std::string& settings) {
  return "about = \"test\"\n[traffic]\nservers = [\"10.2.0.0/16:8080\", \"[fd00:2::]/64:8080\"]\n" +
         settings;
}

/// A host behind the server's, on a link that is too narrow on the way there.
class FarHost {
 public:
  explicit FarHost(const Router& router) : host_(Namespace::make()) {
    const Namespace& server = router.network().server();
    set_sysctls(server, {{"net.ipv4.ip_forward", "1"}, {"net.ipv6.conf.all.forwarding", "1"}});
    ip(server,
       fmt::format(
           "link add far mtu 1300 type veth peer name eth0 mtu 1500 netns "
           "/proc/{}/fd/{}\n"
           "link set far up\naddr add 10.3.0.1/24 dev far\naddr add fd00:3::1/64 dev far nodad\n"
           "route add 10.2.0.3/32 dev far\nroute add fd00:2::3/128 dev far\n",
           ::getpid(), host_.descriptor()));
    ip(host_,
       "link set eth0 up\naddr add 10.2.0.3/32 dev eth0\naddr add fd00:2::3/128 dev eth0 nodad\n"
       "addr add 10.3.0.2/24 dev eth0\naddr add fd00:3::2/64 dev eth0 nodad\n"
       "route add default via 10.3.0.1 dev eth0\nroute add ::/0 via fd00:3::1 dev eth0\n");
    ip(router.network().router(),
       "route add 10.2.0.3/32 via 10.2.0.2 dev server onlink\n"
       "route add fd00:2::3/128 via fd00:2::2 dev server onlink\n");
  }
  const Namespace& host() const { return host_; }

 private:
  Namespace host_;
};

enum class Data : std::uint8_t { to_server, to_client };

/// How much arrives, of so many bytes that go one way.
std::uint64_t transfer(const Namespace& client, const Namespace& host, const Endpoint& server,
                       Data data, std::uint64_t size) {
  std::promise<std::uint64_t> at_server;
  const Server serving(host, server, [&](int connection) {
    if (data == Data::to_client) send_bulk(connection, size);
    at_server.set_value(data == Data::to_server ? receive_bulk(connection) : 0);
  });
  Descriptor connection = connect_to(client, server);
  REQUIRE(connection);
  if (data == Data::to_client) return receive_bulk(connection.get());
  send_bulk(connection.get(), size);
  connection = {};
  return at_server.get_future().get();
}

/// All of kSize bytes arrive on the second connection: a server that has answered one is offered
/// its own segment size, and what is too large for the link is sent at all.
bool transfers_all(const Namespace& client, const Namespace& host, const Endpoint& server,
                   Data data) {
  return transfer(client, host, server, data, 1) == 1 &&
         transfer(client, host, server, data, kSize) == kSize;
}

class Narrow {
 public:
  explicit Narrow(const std::string& settings)
      : program_(router_.run(
            {router_.write("p.toml", policy(settings)), "--json", router_.path("report")})) {}
  const Router& router() const { return router_; }
  const Network& network() const { return router_.network(); }
  /// The errors that the ends got through shifted numbers in the end: others', and ours.
  std::uint64_t stop() {
    program_->send(SIGINT);
    INFO(program_->said());
    CHECK(program_->wait() == 0);
    const auto report = router_.read_json("report");
    return report["counters"]["icmp_shifted"].get<std::uint64_t>() +
           report["told_too_long"].get<std::uint64_t>();
  }

 private:
  Router router_;
  std::unique_ptr<RunningProgram> program_;
};

}  // namespace

TEST_CASE("the router's own narrow link is found out through shifted numbers") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const std::string settings = GENERATE(kShifted, kClientFirst);
  const std::string translate = GENERATE("kernel", "user");
  const Data data = GENERATE(Data::to_server, Data::to_client);
  INFO(settings << translate << (family == Family::v4 ? ", IPv4" : ", IPv6"));
  Narrow narrow(settings + fmt::format("\ntranslate = \"{}\"\n", translate));
  ip(narrow.network().router(),
     fmt::format("link set {} mtu 1300\n", data == Data::to_server ? "server" : "client"));
  CHECK(transfers_all(narrow.network().client(), narrow.network().server(),
                      narrow.router().server(family), data));
  CHECK(narrow.stop() > 0);
}

TEST_CASE("a narrow link far behind the router is found out through shifted numbers") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const std::string settings = GENERATE(kShifted, kClientFirst);
  const std::string translate = GENERATE("kernel", "user");
  INFO(settings << translate << (family == Family::v4 ? ", IPv4" : ", IPv6"));
  Narrow narrow(settings + fmt::format("\ntranslate = \"{}\"\n", translate));
  const FarHost far(narrow.router());
  const Endpoint server{IpAddress::parse(family == Family::v4 ? "10.2.0.3" : "fd00:2::3").value(),
                        8080};
  CHECK(transfers_all(narrow.network().client(), far.host(), server, Data::to_server));
  CHECK(narrow.stop() > 0);
}

}  // namespace latesyn
