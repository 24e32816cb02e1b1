#include "tests/virtual/random_world.hpp"

#include <fmt/format.h>

#include <array>

#include "proxy/packet/segment_spec.hpp"

namespace latesyn::test {
namespace {

std::uint32_t below(Rng& rng, std::uint32_t limit) {
  return static_cast<std::uint32_t>(rng() % limit);
}

template <typename... Choices>
std::string one_of(Rng& rng, Choices... choices) {
  const std::array<std::string, sizeof...(choices)> all{choices...};
  return all[below(rng, sizeof...(choices))];
}

std::string random_match(Rng& rng) {
  std::string when = fmt::format("segment = [\"{}\", \"{}\"]", one_of(rng, "syn", "fin", "rst"),
                                 one_of(rng, "syn-ack", "handshake-ack", "ack", "data"));
  when += one_of(rng, "", "", ", copy = 1", ", copy = 2");
  when += one_of(rng, "", "", ", every = 2", ", connection = 3");
  when += one_of(rng, "", "", "", ", incarnation = \"stale\"", ", incarnation = \"current\"");
  when += one_of(rng, "", "", "", ", payload = \"0-9\"", ", payload = 10", ", position = \"0-50\"");
  when += one_of(rng, "", "", "", "", ", state = \"closed\"", ", state = \"established\"",
                 ", state = [\"syn-sent\", \"half-closed\"]");
  when += one_of(rng, "", "", "", "", "", ", after = { idle = \"1s\" }",
                 ", before = { handshake = \"10ms\" }", ", after = \"3s\"",
                 ", after = { connection = \"20ms\" }");
  when += one_of(rng, "", "", "", "", ", no_option = \"sack\"", ", ecn = \"not-ect\"");
  return when + one_of(rng, "", "", ", probability = 0.5", ", probability = 0.1");
}

std::string random_impairment(Rng& rng) {
  const std::string trigger = one_of(rng, "arrived", "established", "closed", "released");
  const std::string time = one_of(rng, "0s", "10ms", "3s", "1h");
  switch (below(rng, 12)) {
    case 0:
      return "do = \"drop\"";
    case 1:
      return fmt::format("do = \"delay\"\nby = \"{}\"\njitter = \"{}\"\ndistribution = \"{}\"",
                         time, one_of(rng, "0s", "5ms"), one_of(rng, "uniform", "normal"));
    case 2:
      return fmt::format("do = \"hold\"\nuntil = \"{}\"\nafter = \"{}\"", trigger, time);
    case 3:
      return fmt::format("do = \"duplicate\"\ncount = {}\nspacing = \"{}\"", 1 + below(rng, 3),
                         time);
    case 4:
      return fmt::format("do = \"replay\"\nonce = \"{}\"\nafter = \"{}\"\ncount = {}", trigger,
                         time, 1 + below(rng, 3));
    case 5:
      return "do = \"confirm\"";
    case 6:
      return fmt::format("do = \"flags\"\nset = \"{}\"\nclear = \"ACK\"",
                         one_of(rng, "SYN", "FIN", "RST,ECE", "NONE"));
    case 7:
      return one_of(rng, "do = \"corrupt\"\nbits = 3", "do = \"truncate\"\nkeep = 3",
                    "do = \"strip\"\noption = \"mss\"");
    case 8:
      return fmt::format(
          "do = \"forge\"\nto = \"{}\"\nflags = \"{}\"\nseq_by = {}\noriginal = \"{}\"\nonce = "
          "\"{}\"\n"
          "after = \"{}\"\n{}",
          one_of(rng, "sender", "receiver"), one_of(rng, "SYN", "ACK", "RST", "SYN,ACK", "FIN,ACK"),
          one_of(rng, "0", "-100", "70000"), one_of(rng, "passes", "dropped"), trigger, time,
          one_of(rng, "", "from_port = 999", "payload = 3"));
    case 9:
      return fmt::format("do = \"icmp\"\nerror = \"{}\"\nonce = \"{}\"\nafter = \"{}\"",
                         one_of(rng, "port-unreachable", "time-exceeded"), trigger, time);
    default:
      return fmt::format("do = \"rewrite\"\nseq_by = {}\nack_by = 7\nttl = {}\nchecksum = \"{}\"",
                         one_of(rng, "-5000", "0", "1"), one_of(rng, "1", "64"),
                         one_of(rng, "right", "wrong"));
  }
}

/// SYNs that come late, and nothing else: what the least plan for outcomes is made for.
std::string random_late_syns(Rng& rng) {
  return fmt::format("[[rule]]\nwhen = {{ segment = \"syn\"{} }}\n{}\nafter = \"{}\"\n",
                     one_of(rng, "", ", copy = 1", ", copy = 2", ", every = 2"),
                     one_of(rng, "do = \"hold\"\nuntil = \"closed\"",
                            "do = \"replay\"\nonce = \"closed\"\ncount = 2"),
                     one_of(rng, "0s", "10ms", "3s"));
}

/// A connection as a source of plausible segments.
struct Talk {
  Endpoint client, server;
  Seq client_next, server_next;
};

Flags random_flags(Rng& rng) {
  switch (below(rng, 10)) {
    case 0:
    case 1:
      return {.syn = true};
    case 2:
    case 3:
      return {.syn = true, .ack = true};
    case 4:
      return {.fin = true, .ack = true};
    case 5:
      return {.rst = true};
    default:
      return {.ack = true};
  }
}

Packet random_segment(Rng& rng, Talk& talk) {
  const Flags flags = random_flags(rng);
  const bool opens = flags.syn && !flags.ack;
  const bool from_client = opens || (!flags.syn && below(rng, 2) == 0);
  // A new connection on the same ports, now and then.
  if (opens && below(rng, 4) == 0) talk.client_next = Seq{static_cast<std::uint32_t>(rng())};
  Seq& next = from_client ? talk.client_next : talk.server_next;
  const std::uint32_t payload = flags == Flags{.ack = true} && below(rng, 2) == 0 ? 10 : 0;
  const Packet packet = build({.from = from_client ? talk.client : talk.server,
                               .to = from_client ? talk.server : talk.client,
                               .seq = next,
                               .ack = from_client ? talk.server_next : talk.client_next,
                               .flags = flags,
                               .payload_size = payload});
  const bool is_retransmitted = below(rng, 3) == 0;
  if (!is_retransmitted) next = next + payload + (flags.syn || flags.fin ? 1U : 0U);
  return packet;
}

Packet garbage(Rng& rng, Packet packet) {
  if (below(rng, 2) == 0) packet.bytes.resize(below(rng, 40));
  for (std::byte& b : packet.bytes) {
    if (below(rng, 8) == 0) b = static_cast<std::byte>(rng() & 0xffU);
  }
  return packet;
}

}  // namespace

std::string random_policy(Rng& rng) {
  std::string text =
      "about = \"random\"\n[traffic]\nservers = [\"10.2.0.2:8080\", \"[fd00:2::2]:8080\"]\n";
  if (below(rng, 4) == 0) return text + random_late_syns(rng);
  const std::uint32_t rules = 1 + below(rng, 4);
  for (std::uint32_t i = 0; i < rules; ++i) {
    const std::string impairment = random_impairment(rng);
    const std::string when =
        impairment == "do = \"confirm\"" ? "segment = \"syn-ack\"" : random_match(rng);
    text +=
        fmt::format("[[rule]]\nname = \"rule {}\"\nwhen = {{ {} }}\n{}\n{}\n", i, when, impairment,
                    one_of(rng, "", "", "", "acts_on = \"copy\"", "acts_on = \"original\""));
  }
  return text;
}

std::vector<TimedPacket> random_traffic(Rng& rng, std::size_t packets,
                                        std::chrono::seconds longest_gap) {
  std::array<Talk, 7> talks;
  for (std::size_t i = 0; i < talks.size(); ++i) {
    const bool v4 = i % 2 == 0;
    talks[i] = {.client = {*IpAddress::parse(v4 ? "10.1.0.2" : "fd00:1::2"),
                           static_cast<std::uint16_t>(40000 + i)},
                .server = {*IpAddress::parse(v4 ? "10.2.0.2" : "fd00:2::2"), 8080},
                .client_next = Seq{static_cast<std::uint32_t>(rng())},
                .server_next = Seq{static_cast<std::uint32_t>(rng())}};
  }
  std::vector<TimedPacket> traffic;
  Time now{};
  for (std::size_t i = 0; i < packets; ++i) {
    now += below(rng, 50) == 0 ? Duration(std::chrono::seconds(
                                     below(rng, static_cast<std::uint32_t>(longest_gap.count()))))
                               : Duration(std::chrono::microseconds(below(rng, 200'000)));
    Packet packet = random_segment(rng, talks[below(rng, talks.size())]);
    if (below(rng, 20) == 0) packet = garbage(rng, std::move(packet));
    traffic.push_back({now, std::move(packet)});
  }
  return traffic;
}

}  // namespace latesyn::test
