// What both ends see of a connection, told as a text: with handshakes of our own it is the same as
// on a plain router.

#include <fmt/format.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>
#include <future>

#include "proxy/lab/ends/endpoint_sockets.hpp"
#include "tests/netns/bulk.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn {
namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;

/// A client and a server with a connection between them.
struct Ends {
  Ends(const Network& network, const Endpoint& own, std::uint16_t port = 0)
      : listener(listen_at(network.server(), own)),
        client(connect_to(network.client(), own, port)),
        server(accept_from(listener)) {}
  Descriptor listener, client, server;
};

void say(const Descriptor& end, const std::string& text, int flags = 0) {
  ::send(end.get(), text.data(), text.size(), MSG_NOSIGNAL | flags);
}

/// The next so many bytes, and how it ended where there are fewer.
std::string hear(const Descriptor& end, std::size_t size = 4096) {
  std::string text(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    const ssize_t now = receive(end.get(), &text[got], size - got);
    if (now <= 0)
      return text.substr(0, got) + (now == 0 ? "|end" : fmt::format("|{}", ::strerror(errno)));
    got += static_cast<std::size_t>(now);
  }
  return text;
}

void reset(Descriptor& end) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(end.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  end = Descriptor();
}

/// One end asks and closes its side; the other answers with a megabyte.
std::string half_close(const Descriptor& asking, const Descriptor& answering) {
  say(asking, "please");
  ::shutdown(asking.get(), SHUT_WR);
  const std::string heard = hear(answering);
  auto sent = std::async(std::launch::async, [&] {
    const bool all = send_bulk(answering.get(), kMegabyte);
    ::shutdown(answering.get(), SHUT_WR);
    return all;
  });
  const auto received = receive_bulk(asking.get());
  return fmt::format("{}, {} bytes, {}", heard, received, sent.get());
}

std::string client_half_closes(const Network& network, const Endpoint& own) {
  const Ends ends(network, own);
  return half_close(ends.client, ends.server);
}

std::string server_half_closes(const Network& network, const Endpoint& own) {
  const Ends ends(network, own);
  return half_close(ends.server, ends.client);
}

/// One end is cut off while it sends, by the other.
std::string cut(Descriptor& sending, Descriptor& cutting) {
  auto failure = std::async(std::launch::async, [&] {
    errno = 0;
    while (send_bulk(sending.get(), kMegabyte)) continue;
    return std::string(::strerror(errno));
  });
  hear(cutting, 100'000);
  reset(cutting);
  return failure.get();
}

std::string client_resets_in_mid_stream(const Network& network, const Endpoint& own) {
  Ends ends(network, own);
  return cut(ends.server, ends.client);
}

std::string server_resets_in_mid_stream(const Network& network, const Endpoint& own) {
  Ends ends(network, own);
  return cut(ends.client, ends.server);
}

/// One end speaks, and then resets.
std::string speak_and_reset(Descriptor& speaking, Descriptor& listening) {
  say(speaking, "a");
  const std::string before = hear(listening, 1);
  reset(speaking);
  return before + hear(listening);
}

std::string client_resets_an_idle_connection(const Network& network, const Endpoint& own) {
  Ends ends(network, own);
  return speak_and_reset(ends.client, ends.server);
}

std::string server_resets_an_idle_connection(const Network& network, const Endpoint& own) {
  Ends ends(network, own);
  return speak_and_reset(ends.server, ends.client);
}

std::string client_closes_at_once(const Network& network, const Endpoint& own) {
  Ends ends(network, own);
  ends.client = Descriptor();
  return hear(ends.server);
}

std::string both_close_at_once(const Network& network, const Endpoint& own) {
  const Ends ends(network, own);
  auto closing = std::async(std::launch::async, ::shutdown, ends.server.get(), SHUT_WR);
  ::shutdown(ends.client.get(), SHUT_WR);
  closing.get();
  return hear(ends.client) + ", " + hear(ends.server);
}

std::string server_speaks_first(const Network& network, const Endpoint& own) {
  const Ends ends(network, own);
  say(ends.server, "220 ready");
  const std::string banner = hear(ends.client, 9);
  say(ends.client, "EHLO");
  return banner + ", " + hear(ends.server, 4);
}

std::string urgent_data_arrives(const Network& network, const Endpoint& own) {
  const Ends ends(network, own);
  say(ends.client, "calm");
  say(ends.client, "!", MSG_OOB);
  say(ends.client, "after");
  const std::string before = hear(ends.server, 4);
  const bool at_mark = eventually([&] { return ::sockatmark(ends.server.get()) == 1; });
  char urgent = 0;
  CHECK(eventually([&] { return ::recv(ends.server.get(), &urgent, 1, MSG_OOB) == 1; }));
  return fmt::format("{}, mark {}, {}, {}", before, at_mark, urgent, hear(ends.server, 5));
}

/// Twice from the same port: the second time one end is in TIME-WAIT.
std::string same_port_again(const Network& network, const Endpoint& own, bool client_closes) {
  std::string heard;
  for (int i = 0; i < 3; ++i) {
    Ends ends(network, own, client_closes ? 40'001 : 40'002);
    say(ends.client, "hello");
    heard += hear(ends.server, 5) + " ";
    Descriptor &first = client_closes ? ends.client : ends.server,
               &second = client_closes ? ends.server : ends.client;
    ::shutdown(first.get(), SHUT_WR);
    heard += hear(second) + " ";
    ::shutdown(second.get(), SHUT_WR);
    heard += hear(first) + " ";
  }
  return heard;
}

std::string same_port_again_after_the_client_closed(const Network& network, const Endpoint& own) {
  return same_port_again(network, own, true);
}

std::string same_port_again_after_the_server_closed(const Network& network, const Endpoint& own) {
  return same_port_again(network, own, false);
}

/// The client goes without a word, and its port is used again: the server has a half-open
/// connection (RFC 9293 figure 9).
std::string same_port_again_beside_a_half_open_connection(const Network& network,
                                                          const Endpoint& own) {
  Ends ends(network, own, 40'003);
  say(ends.client, "a");
  std::string heard = hear(ends.server, 1);
  const int on = 1;
  ::setsockopt(ends.client.get(), IPPROTO_TCP, TCP_REPAIR, &on, sizeof on);  // closes in silence
  ends.client = Descriptor();
  ends.client = connect_to(network.client(), own, 40'003);
  heard += hear(ends.server);
  ends.server = accept_from(ends.listener);
  say(ends.client, "b");
  return heard + ", " + hear(ends.server, 1);
}

std::string data_with_the_third_ack(const Network& network, const Endpoint& own) {
  const Descriptor listener = listen_at(network.server(), own);
  Descriptor client;
  {
    const Inside inside(network.client());
    client = tcp_socket(own);
  }
  const int off = 0;
  ::setsockopt(client.get(), IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
  const SocketAddress address(own);
  if (::connect(client.get(), address.get(), address.size) != 0) return "no";
  say(client, "with it");
  return hear(accept_from(listener), 7);
}

/// The third connection finds no room until one of those before it is accepted.
std::string full_accept_queue(const Network& network, const Endpoint& own) {
  const Descriptor listener = listen_at(network.server(), own, 1);
  const Descriptor first = connect_to(network.client(), own),
                   second = connect_to(network.client(), own);
  auto third = std::async(std::launch::async, [&] {
    Descriptor connected = connect_to(network.client(), own);
    say(connected, "third");
    return connected;
  });
  hear(accept_from(listener), 0);
  hear(accept_from(listener), 0);
  const Descriptor served = accept_from(listener);
  return hear(served, 5) + (third.get() ? " connected" : " failed");
}

std::string client_vanishes(const Network& network, const Endpoint& own) {
  Ends ends(network, own);
  say(ends.client, "a");
  const std::string before = hear(ends.server, 1);
  const int on = 1;
  ::setsockopt(ends.client.get(), IPPROTO_TCP, TCP_REPAIR, &on, sizeof on);  // closes in silence
  ends.client = Descriptor();
  say(ends.server, "anybody there?");
  return before + hear(ends.server);
}

std::string idle_connection_is_kept_alive(const Network& network, const Endpoint& own) {
  const Ends ends(network, own);
  const int one = 1;
  ::setsockopt(ends.client.get(), IPPROTO_TCP, TCP_KEEPIDLE, &one, sizeof one);
  ::setsockopt(ends.client.get(), SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
  say(ends.client, "a");
  std::string heard = hear(ends.server, 1);
  const auto segments = [&] {
    tcp_info info{};
    socklen_t size = sizeof info;
    ::getsockopt(ends.client.get(), IPPROTO_TCP, TCP_INFO, &info, &size);
    return info.tcpi_segs_in;
  };
  CHECK(eventually([&] { return segments() >= 2; }));  // SYN-ACK, ACK of the data
  const auto before = segments();
  CHECK(eventually([&] { return segments() > before; }));
  say(ends.server, "b");
  return heard + hear(ends.client, 1);
}

using Story = std::string (*)(const Network&, const Endpoint&);
constexpr std::array<std::pair<const char*, Story>, 17> kStories{{
    {"client half-closes", client_half_closes},
    {"server half-closes", server_half_closes},
    {"client resets in mid-stream", client_resets_in_mid_stream},
    {"server resets in mid-stream", server_resets_in_mid_stream},
    {"client resets an idle connection", client_resets_an_idle_connection},
    {"server resets an idle connection", server_resets_an_idle_connection},
    {"client closes at once", client_closes_at_once},
    {"both close at once", both_close_at_once},
    {"server speaks first", server_speaks_first},
    {"urgent data", urgent_data_arrives},
    {"same port again, client closed", same_port_again_after_the_client_closed},
    {"same port again, server closed", same_port_again_after_the_server_closed},
    {"same port again, half-open", same_port_again_beside_a_half_open_connection},
    {"data with the third ACK", data_with_the_third_ack},
    {"full accept queue", full_accept_queue},
    {"client vanishes", client_vanishes},
    {"kept alive", idle_connection_is_kept_alive},
}};

std::string tell(Story story, const Router& router, Family family) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string told = story(router.network(), router.server(family));
  const bool prompt = std::chrono::steady_clock::now() - begin < std::chrono::seconds(5);
  return told + (prompt ? "" : ", late");
}

}  // namespace

TEST_CASE("whoever shakes hands, both ends see the same connection") {
  const std::string mode = GENERATE(from_range(kConnectingModes));
  const Router plain;
  const Relaying relaying(mode_text(mode));
  for (const auto& [name, story] : kStories) {
    for (const Family family : {Family::v4, Family::v6}) {
      INFO(mode << "\n" << name << (family == Family::v4 ? ", IPv4" : ", IPv6"));
      CHECK(tell(story, relaying.router(), family) == tell(story, plain, family));
    }
  }
}

TEST_CASE("a lost SYN-ACK of the server delays a connection, and no more") {
  const std::string mode = GENERATE(from_range(kConnectingModes));
  INFO(mode);
  const Relaying relaying(
      mode_text(mode, "[[rule]]\nwhen = { segment = \"syn-ack\", copy = 1 }\ndo = \"drop\"\n"));
  CHECK(tell(server_speaks_first, relaying.router(), Family::v4) == "220 ready, EHLO");
}

}  // namespace latesyn
