// Hosts that nobody is at: packets to them wait in the kernel, which gives them up in seconds.

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>

#include "proxy/packet/segment_spec.hpp"
#include "proxy/process/command.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/raw_host.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn {
namespace {

using Clock = std::chrono::steady_clock;

/// On the client's link, but nobody answers there.
IpAddress absent(Family family, unsigned number) {
  const bool v4 = family == Family::v4;
  return IpAddress::parse(v4 ? fmt::format("10.1.1.{}", 1 + number % 200)
                             : fmt::format("fd00:1::1:{}", 1 + number % 200))
      .value();
}

/// 4,000 SYNs a second from hosts that are not there, for `duration`.
void flood(const Router& router, Family family, std::chrono::milliseconds duration) {
  RawHost client(router.network().client());
  const auto end = Clock::now() + duration;
  for (unsigned i = 0; Clock::now() < end; ++i) {
    client.send(
        build({.from = {absent(family, i), static_cast<std::uint16_t>(1024 + i / 200 % 60'000)},
               .to = router.server(family),
               .seq = Seq{i},
               .ack = {},
               .flags = {.syn = true}}));
    if (i % 4 == 3) ::poll(nullptr, 0, 1);
  }
}

/// The longest that an answer took, of one asked for after the other while `going`; ten seconds
/// where one did not come.
std::chrono::milliseconds longest_answer(int connection, const std::atomic<bool>& going) {
  Clock::duration longest{};
  std::array<char, 4> back{};
  while (going) {
    const auto asked = Clock::now();
    ::send(connection, "ping", 4, MSG_NOSIGNAL);
    const bool answered = receive(connection, back.data(), back.size(), MSG_WAITALL) == 4;
    longest = std::max(longest, Clock::now() - asked);
    if (!answered) break;
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(longest);
}

}  // namespace

TEST_CASE("Packets to absent hosts keep nobody else's waiting, and a stop comes at once") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const std::string mode = GENERATE(kShifted, kClientFirst);
  INFO(mode << (family == Family::v4 ? ", IPv4" : ", IPv6"));
  Relaying relaying(mode_text(mode + "\ntranslate = \"user\""));
  {
    const Inside inside(relaying.network().router());
    REQUIRE(run_command({"ip", "-batch", "-"},
                        "route add 10.1.0.0/16 dev client\nroute add fd00:1::/64 dev client\n")
                .ok());
  }
  const Descriptor listener =
      listen_at(relaying.network().server(), relaying.router().server(family));
  const Descriptor client =
      connect_to(relaying.network().client(), relaying.router().server(family));
  const Descriptor accepted = accept_from(listener);
  REQUIRE(accepted);
  std::thread serving([&] { echo(accepted.get()); });
  std::atomic<bool> going = true;
  std::chrono::milliseconds longest{};
  std::thread talk([&] { longest = longest_answer(client.get(), going); });
  flood(relaying.router(), family, std::chrono::seconds(3));
  going = false;
  talk.join();
  CHECK(longest < std::chrono::seconds(1));
  ::shutdown(client.get(), SHUT_WR);
  serving.join();
  relaying.program().send(SIGTERM);
  CHECK(relaying.program().wait(std::chrono::seconds(2)) == 0);
  UNSCOPED_INFO(relaying.router().read_json("report").dump(1));
  CHECK(relaying.router().read_json("report")["unsent"] == 0);
}

}  // namespace latesyn
