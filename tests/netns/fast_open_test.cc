// TCP Fast Open (RFC 7413): the client's data come with its SYN, where a cookie lets them.

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "proxy/lab/ends/endpoint_sockets.hpp"
#include "proxy/process/sysctls.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/router.hpp"

namespace latesyn {
namespace {

constexpr std::string_view kText = "in the SYN";

struct Opened {
  std::string answer;
  bool in_syn = false;  // the server has taken the data of the SYN
  bool operator==(const Opened&) const = default;
};

/// Says something with the SYN, if the client knows a cookie.
Opened open_fast(const Router& router) {
  const Inside inside(router.network().client());
  const Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval bound{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
  const SocketAddress to(router.server());
  CHECK(::sendto(fd.get(), kText.data(), kText.size(), MSG_FASTOPEN | MSG_NOSIGNAL, to.get(),
                 to.size) == static_cast<ssize_t>(kText.size()));
  ::shutdown(fd.get(), SHUT_WR);
  Opened opened{.answer = receive_all(fd.get())};
  tcp_info info{};
  socklen_t size = sizeof info;
  ::getsockopt(fd.get(), IPPROTO_TCP, TCP_INFO, &info, &size);
  opened.in_syn = (info.tcpi_options & TCPI_OPT_SYN_DATA) != 0;
  return opened;
}

/// The second connection to a server that gives cookies, and the report on both.
std::pair<Opened, nlohmann::json> second_opened(const std::string& mode) {
  const Router router;
  for (const Namespace* host : {&router.network().client(), &router.network().server()}) {
    set_sysctls(*host, {{"net.ipv4.tcp_fastopen", "1027"}});  // ask, give, on every listener
  }
  const Server server(router.network().server(), router.server(), echo);
  const auto first = router.run({router.write("p.toml", policy_text("handshake = \"pass\"\n"))});
  CHECK(open_fast(router).answer == kText);
  first->send(SIGINT);
  CHECK(first->wait() == 0);
  const auto program =
      router.run({router.write("p.toml", policy_text("handshake = \"" + mode + "\"\n")), "--json",
                  router.path("report")});
  const Opened opened = open_fast(router);
  program->send(SIGINT);
  CHECK(program->wait() == 0);
  return {opened, router.read_json("report")};
}

}  // namespace

TEST_CASE("in `pass` a cookie opens the connection with its data in the SYN") {
  CHECK(second_opened("pass").first == Opened{std::string(kText), true});
}

TEST_CASE("our own SYN carries no cookie, which is noted, and the data arrive after it") {
  const std::string mode = GENERATE("server-first", "client-first");
  INFO(mode);
  const auto [opened, report] = second_opened(mode);
  CHECK(opened == Opened{std::string(kText), false});
  CHECK(report["counters"]["stripped"]["Fast Open"] == 1);
}

}  // namespace latesyn
