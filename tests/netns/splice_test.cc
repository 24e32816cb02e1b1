// Joined flows whose numbers the kernel shifts: what the ends get, what latesyn sees of it, and
// what becomes of a flow when one of the parties goes away.

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <future>

#include "proxy/lab/kernel_counters.hpp"
#include "proxy/process/command.hpp"
#include "proxy/process/sysctls.hpp"
#include "tests/netns/bulk.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn {
namespace {

/// SYN, SYN-ACK, ACK, and both FINs; some segments may be on their way when the flow is handed
/// over.
constexpr std::uint64_t kPacketsMax = 100;

const std::string kKernel = "\ntranslate = \"kernel\"";
const std::string kSameNumbers = kServerFirst + kKernel, kOtherNumbers = kShifted + kKernel,
                  kUntold = kClientFirst + kKernel;

std::string family_text(Family family) { return family == Family::v4 ? "IPv4" : "IPv6"; }

class Splicing : public Relaying {
 public:
  explicit Splicing(const std::string& settings) : Relaying(mode_text(settings)) {}
  /// The router's entries of our making, as conntrack lists them.
  std::string entries() const {
    const Inside inside(network().router());
    std::string all;
    for (const char* family : {"ipv4", "ipv6"}) {
      all += run_command({"conntrack", "-L", "-f", family, "-m", "0x9293"}).out;
    }
    return all;
  }
  void on_router(const std::vector<std::string>& words) const {
    const Inside inside(network().router());
    const CommandResult result = run_command(words);
    INFO(result.why());
    REQUIRE(result.ok());
  }
};

/// Client-first has to know a server before it can offer it window scaling.
void acquaint(const Router& router, Family family) {
  CHECK(transfer(router, family, 1) == std::pair<std::uint64_t, std::uint64_t>(1, 1));
}

/// A connection to a server that echoes, on which data have gone both ways.
Descriptor connect_and_exchange(const Splicing& splicing) {
  Descriptor client = connect_to(splicing.network().client(), splicing.router().server());
  REQUIRE(client);
  ::send(client.get(), "before", 6, MSG_NOSIGNAL);
  std::array<char, 6> back{};
  CHECK(receive(client.get(), back.data(), 6, MSG_WAITALL) == 6);
  return client;
}

void reset_on_close(int connection) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace

TEST_CASE("100 MB each way arrive intact, translated by the kernel, and none of it is queued") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const std::string mode = GENERATE(kSameNumbers, kOtherNumbers, kUntold);
  const std::string timestamps = GENERATE("1", "0");
  INFO(mode << family_text(family) << ", timestamps " << timestamps);
  Splicing splicing(mode);
  set_sysctls(splicing.network().client(), {{"net.ipv4.tcp_timestamps", timestamps}});
  acquaint(splicing.router(), family);
  CHECK(transfer(splicing.router(), family, kBulkSize) == std::pair(kBulkSize, kBulkSize));
  const auto report = splicing.stop();
  INFO(splicing.program().said());
  CHECK(report["counters"]["spliced"] > 0);
  CHECK(report["counters"]["unspliced"] == 0);
  CHECK(report["splices_failed"] == 0);
  CHECK(report["counters"]["packets"] < kPacketsMax);
}

TEST_CASE("a reset after data kills the other end at once, and the kernel forgets the flow") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const std::string mode = GENERATE(kOtherNumbers, kUntold);
  const bool by_server = GENERATE(false, true);
  INFO(mode << family_text(family) << (by_server ? ", by the server" : ", by the client"));
  Splicing splicing(mode);
  acquaint(splicing.router(), family);
  std::promise<int> at_server;
  const Server server(splicing.network().server(), splicing.router().server(family),
                      [&](int connection) {
                        send_bulk(connection, 100'000);
                        std::array<char, 1> byte{};
                        receive(connection, byte.data(), 1);
                        if (by_server) return reset_on_close(connection);
                        errno = 0;
                        receive(connection, byte.data(), 1);
                        at_server.set_value(errno);
                      });
  Descriptor client = connect_to(splicing.network().client(), splicing.router().server(family));
  REQUIRE(client);
  std::vector<char> bytes(100'000);
  CHECK(receive(client.get(), bytes.data(), bytes.size(), MSG_WAITALL) == 100'000);
  CHECK(splicing.entries() != "");
  ::send(client.get(), bytes.data(), 1, MSG_NOSIGNAL);
  if (by_server) {
    errno = 0;
    CHECK(receive(client.get(), bytes.data(), 1) == -1);
    CHECK(errno == ECONNRESET);
  } else {
    // The server has read the byte by the time that it waits for another.
    reset_on_close(client.get());
    client = {};
    CHECK(at_server.get_future().get() == ECONNRESET);
  }
  const auto open = [&] { return splicing.entries().find("ESTABLISHED") != std::string::npos; };
  CHECK(eventually([&] { return !open(); }));
}

TEST_CASE("a flow that conntrack was made to forget goes on, shifted by latesyn") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const std::string mode = GENERATE(kOtherNumbers, kUntold);
  const std::string loose = GENERATE("0", "1");
  INFO(mode << family_text(family) << ", loose " << loose);
  Splicing splicing(mode);
  set_sysctls(splicing.network().router(), {{"net.netfilter.nf_conntrack_tcp_loose", loose}});
  acquaint(splicing.router(), family);
  const Server server(splicing.network().server(), splicing.router().server(family), echo);
  const Descriptor client =
      connect_to(splicing.network().client(), splicing.router().server(family));
  REQUIRE(client);
  const auto say = [&](const std::string& text) {
    std::string back(text.size(), '?');
    errno = 0;
    ::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL);
    receive(client.get(), back.data(), back.size(), MSG_WAITALL);
    return errno == 0 ? back : std::string(::strerror(errno));
  };
  CHECK(say("before") == "before");
  splicing.on_router({"conntrack", "-F"});
  CHECK(say("after") == "after");
  CHECK(say("and on") == "and on");
  ::shutdown(client.get(), SHUT_WR);
  CHECK(receive_all(client.get()).empty());
  CHECK(splicing.stop()["counters"]["unspliced"] == 1);
}

TEST_CASE("a last FIN that comes again asks for nothing that conntrack refuses") {
  const std::string mode = GENERATE(kOtherNumbers, kUntold);
  INFO(mode);
  Splicing splicing(mode);
  acquaint(splicing.router(), Family::v4);
  const Namespace& host = splicing.network().server();
  const Server server(host, splicing.router().server(), echo);
  const Descriptor client = connect_and_exchange(splicing);
  const auto retransmitted = [&] { return read_counters(host)["RetransSegs"]; };
  const auto before = retransmitted();
  {
    const Inside inside(host);
    REQUIRE(run_command({"iptables", "-I", "INPUT", "-p", "tcp", "--tcp-flags", "FIN,ACK", "ACK",
                         "-j", "DROP"})
                .ok());
  }
  ::shutdown(client.get(), SHUT_WR);
  CHECK(receive_all(client.get()).empty());
  CHECK(eventually([&] { return retransmitted() >= before + 2; }));
  const auto report = splicing.stop();
  INFO(splicing.program().said());
  CHECK(report["splices_failed"] == 0);
}

TEST_CASE("when latesyn is killed its joined flows live on in the kernel to their end") {
  const std::string mode = GENERATE(kOtherNumbers, kUntold);
  INFO(mode);
  Splicing splicing(mode);
  acquaint(splicing.router(), Family::v4);
  const Server server(splicing.network().server(), splicing.router().server(), echo);
  const Descriptor client = connect_and_exchange(splicing);
  splicing.program().send(SIGKILL);
  splicing.program().wait();
  ::send(client.get(), "beyond", 6, MSG_NOSIGNAL);
  ::shutdown(client.get(), SHUT_WR);
  CHECK(receive_all(client.get()) == "beyond");
  const auto cleaned = splicing.router().start({"clean"});
  CHECK(cleaned->wait() == 0);
  CHECK(splicing.router().chains().empty());
}

TEST_CASE("joined flows sleep while latesyn is stopped, and live on when it is back") {
  const std::string mode = GENERATE(kOtherNumbers, kUntold);
  INFO(mode);
  Splicing splicing(mode);
  acquaint(splicing.router(), Family::v4);
  const Server server(splicing.network().server(), splicing.router().server(), echo);
  const Descriptor client = connect_and_exchange(splicing);
  splicing.stop();
  CHECK(splicing.router().chains().empty());
  ::send(client.get(), "beyond", 6, MSG_NOSIGNAL);
  const auto again = splicing.router().run({splicing.router().path("p.toml")});
  ::shutdown(client.get(), SHUT_WR);
  CHECK(receive_all(client.get()) == "beyond");
  again->send(SIGINT);
  CHECK(again->wait() == 0);
}

TEST_CASE("joined halves survive loss while the kernel translates their acknowledged blocks") {
  const std::string mode = GENERATE(kOtherNumbers, kUntold);
  INFO(mode);
  Splicing splicing(mode);
  acquaint(splicing.router(), Family::v4);
  for (const Namespace* host : {&splicing.network().client(), &splicing.network().server()}) {
    const Inside inside(*host);
    const CommandResult result =
        run_command({"iptables", "-I", "INPUT", "-m", "statistic", "--mode", "random",
                     "--probability", "0.02", "-j", "DROP"});
    REQUIRE(result.ok());
  }
  CHECK(transfer(splicing.router(), Family::v4, 20'000'000) ==
        std::pair<std::uint64_t, std::uint64_t>(20'000'000, 20'000'000));
  // The first connection of client-first converts window scales, which the kernel can't.
  CHECK(splicing.stop()["counters"]["spliced"] == (mode == kUntold ? 1 : 2));
}

}  // namespace latesyn
