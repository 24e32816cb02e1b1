#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

std::string traffic_error(std::string_view keys) {
  return error_of("about = \"a\"\n[traffic]\n" + std::string(keys));
}

Endpoint end(std::string_view address, std::uint16_t port) {
  return {*IpAddress::parse(address), port};
}

const Endpoint kClient = end("10.1.0.2", 40000), kServer = end("10.2.0.2", 80);

}  // namespace

TEST_CASE("servers and clients are read in every form of an endpoint") {
  const Policy policy = policy_of(
      "about = \"a\"\n[traffic]\nhandshake = \"pass\"\n"
      "servers = [\"10.2.0.2:80\", \"[fd00:2::]/64:80-90\"]\nclients = [\"10.0.0.0/8\", \"::/0\"]");
  CHECK(policy.traffic.servers == std::vector{*EndpointRange::parse("10.2.0.2:80"),
                                              *EndpointRange::parse("[fd00:2::]/64:80-90")});
  CHECK(policy.traffic.clients ==
        std::vector{*EndpointRange::parse("10.0.0.0/8"), *EndpointRange::parse("::/0")});
}

TEST_CASE("what is no address is refused where it stands in the list") {
  CHECK(traffic_error("servers = [\"10.0.0.1\", \"10.0.0.1/8\"]") ==
        "p.toml:3:24: \"servers\" is \"10.0.0.1/8\"; write an address, with a prefix length or "
        "ports where wanted: \"10.0.0.1\", \"10.0.0.0/8:80\", \"10.0.0.1:8000-8099\", "
        "\"[fd00::]/64:443\" (no bits beyond the length)");
  CHECK(traffic_error("clients = [80]") ==
        "p.toml:3:12: \"clients\" is 80; write an address in quotes");
}

TEST_CASE("servers and clients are lists with something in them") {
  CHECK(traffic_error("servers = \"10.0.0.1\"") ==
        "p.toml:3:11: \"servers\" is \"10.0.0.1\"; write a list of addresses with or without "
        "ports, for example [\"10.0.0.0/8\", \"[fd00::1]:443\"]");
  CHECK(traffic_error("servers = []").starts_with("p.toml:3:11: \"servers\" is an empty list; "));
}

TEST_CASE("the lists of servers and clients are bounded") {
  std::string list;
  for (int i = 0; i < 101; ++i) list += "\"10.0.0.1\",";
  CHECK(traffic_error("servers = [" + list + "]") ==
        "p.toml:3:11: \"servers\" has 101 entries; at most 100 are allowed");
}

TEST_CASE("an unknown way to shake hands is refused") {
  CHECK(traffic_error("handshake = \"three-way\"") ==
        "p.toml:3:13: \"handshake\" is \"three-way\"; one of: pass, server-first, client-first, "
        "split, simultaneous, two-way, refuse, unreachable, silent");
}

TEST_CASE("an ISN of ours is for the modes that have one") {
  CHECK(traffic_error("server_isn = 300") ==
        "p.toml:3:14: only \"server-first\", \"client-first\", \"split\" and \"simultaneous\" "
        "answer the client with an ISN of ours");
  CHECK(traffic_error("handshake = \"client-first\"\nclient_isn = 300") ==
        "p.toml:4:14: only \"server-first\", \"split\" and \"simultaneous\" ask the server with an "
        "ISN of ours");
  CHECK(traffic_error("unreachable = \"port-unreachable\"") ==
        "p.toml:3:15: only handshake = \"unreachable\" answers with it");
}

TEST_CASE("clients and servers of different families never talk") {
  CHECK(traffic_error("servers = [\"10.0.0.1\"]\nclients = [\"fd00::1\"]") ==
        "p.toml:2:1: no client can talk to any server: the clients are of one address family and "
        "the servers of the other; name both ends of one family");
}

TEST_CASE("an unknown key of the traffic is refused") {
  CHECK(traffic_error("server = [\"10.0.0.1\"]") ==
        "p.toml:3:1: unknown key \"server\" in [traffic]; did you mean \"servers\"? It is one of: "
        "servers, clients, handshake, server_isn, client_isn, "
        "server_options, unreachable, translate");
}

TEST_CASE("who sent a segment is told by its addresses") {
  const Traffic traffic{.servers = {*EndpointRange::parse("10.2.0.0/16:80")}};
  CHECK(traffic.sender(kClient, kServer) == Side::client);
  CHECK(traffic.sender(kServer, kClient) == Side::server);
  CHECK(traffic.sender(kClient, end("10.2.0.2", 81)) == std::nullopt);
}

TEST_CASE("two ends that could both be the server do not tell who sent a segment") {
  const Traffic traffic{.servers = {*EndpointRange::parse("10.0.0.0/8")}};
  CHECK(traffic.sender(kClient, kServer) == std::nullopt);
  CHECK(traffic.covers(kClient, kServer));
}

TEST_CASE("clients narrow the traffic") {
  const Traffic traffic{.servers = {*EndpointRange::parse("10.2.0.2:80")},
                        .clients = {*EndpointRange::parse("10.1.0.0/24")}};
  CHECK(traffic.covers(kClient, kServer));
  CHECK(traffic.covers(kServer, kClient));
  CHECK_FALSE(traffic.covers(end("10.1.1.2", 40000), kServer));
  CHECK_FALSE(traffic.covers(kServer, end("10.1.1.2", 40000)));
}

TEST_CASE("empty traffic is all traffic") {
  CHECK(Traffic{}.covers(kClient, kServer));
  CHECK(Traffic{}.empty());
}

TEST_CASE("the server's options are told to client-first, and nothing that they are not") {
  const Policy policy = policy_of(
      "about = \"a\"\n[traffic]\nhandshake = \"client-first\"\n"
      "server_options = { mss = 1460, window_scale = 7, timestamps = true }");
  CHECK(policy.traffic.handshake.profile ==
        ServerProfile{{.mss = 1460, .window_scale = 7, .sack_permitted = false}, true});
  CHECK(traffic_error("server_options = { mss = 1460 }") ==
        "p.toml:3:18: only \"client-first\" answers before it knows what the server offers");
  CHECK(traffic_error("handshake = \"client-first\"\nserver_options = { window_scale = 15 }") ==
        "p.toml:4:35: \"window_scale\" is 15; write a whole number from 0 to 14");
}

TEST_CASE("an IPv6 address whose end may be meant for a port needs brackets") {
  const std::string front = "about = \"a\"\n[traffic]\nservers = [\"10.0.0.1\", ";
  CHECK(error_of(front + "\"fd77:2::2:8080\"]") ==
        "p.toml:3:24: \"servers\" is \"fd77:2::2:8080\"; write \"[fd77:2::2]:8080\" for an address "
        "with a port, or \"[fd77:2::2:8080]\" for an address alone");
  CHECK(error_of(front + "\"[fd77:2::2]:8080\"]").empty());
  CHECK(error_of(front + "\"[fd77:2::2:8080]\"]").empty());
}

}  // namespace latesyn::test
