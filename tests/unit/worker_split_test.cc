// Which worker has a flow: the engine's function, and the firewall's program held against it by
// libpcap's interpreter.

#include <pcap/pcap.h>

#include <algorithm>
#include <sstream>

#include "proxy/intercept/worker_split.hpp"
#include "proxy/packet/icmp.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "proxy/values/rng.hpp"

namespace latesyn::test {
namespace {

constexpr unsigned kNobody = 1000;

std::vector<bpf_insn> program(const std::string& text) {
  std::istringstream in(text);
  std::vector<bpf_insn> out;
  std::size_t size = 0;
  in >> size;
  char comma = 0;
  unsigned code = 0, if_true = 0, if_false = 0, value = 0;
  while (in >> comma >> code >> if_true >> if_false >> value) {
    out.push_back({static_cast<u_short>(code), static_cast<u_char>(if_true),
                   static_cast<u_char>(if_false), value});
  }
  REQUIRE(out.size() == size);
  return out;
}

/// The only worker whose program matches.
unsigned found(const Packet& packet, Family family, PortsIn place, unsigned workers) {
  unsigned worker = kNobody;
  for (unsigned i = 0; i < workers; ++i) {
    const auto code = program(worker_bytecode(family, place, i, workers));
    const auto size = static_cast<u_int>(packet.bytes.size());
    const auto* const bytes =
        static_cast<const u_char*>(static_cast<const void*>(&packet.bytes[0]));
    if (bpf_filter(code.data(), bytes, size, size) == 0) continue;
    CHECK(worker == kNobody);
    worker = i;
  }
  return worker;
}

Endpoint random_end(Rng& rng, Family family) {
  const auto address = IpAddress::parse(family == Family::v4 ? "10.1.0.2" : "fd00:1::2").value();
  return {address, static_cast<std::uint16_t>(rng())};
}

SegmentSpec random_segment(Rng& rng, Family family) {
  return {.from = random_end(rng, family), .to = random_end(rng, family), .flags = {.ack = true}};
}

constexpr std::array kFamilies{Family::v4, Family::v6};

}  // namespace

TEST_CASE("the firewall sends a segment to the worker that the engine names, in both directions") {
  Rng rng{1};
  for (int i = 0; i < 300; ++i) {
    for (const Family family : kFamilies) {
      SegmentSpec spec = random_segment(rng, family);
      const unsigned workers = 1 + static_cast<unsigned>(rng() % kWorkersMax);
      const unsigned there = worker_of(spec.from, spec.to, workers);
      CHECK(there < workers);
      CHECK(found(build(spec), family, PortsIn::segment, workers) == there);
      std::swap(spec.from, spec.to);
      CHECK(worker_of(spec.from, spec.to, workers) == there);
      CHECK(found(build(spec), family, PortsIn::segment, workers) == there);
    }
  }
}

TEST_CASE("IPv4 options move the ports, and the firewall still finds them") {
  Rng rng{2};
  for (int i = 0; i < 50; ++i) {
    const SegmentSpec spec = random_segment(rng, Family::v4);
    Packet packet = build(spec);
    packet.bytes.insert(packet.bytes.begin() + 20, 8, std::byte{1});
    packet.bytes[0] = std::byte{0x47};
    CHECK(found(packet, Family::v4, PortsIn::segment, 4) == worker_of(spec.from, spec.to, 4));
  }
}

TEST_CASE("an ICMP error goes to the worker of the segment that it quotes") {
  Rng rng{3};
  for (int i = 0; i < 100; ++i) {
    for (const Family family : kFamilies) {
      const SegmentSpec spec = random_segment(rng, family);
      const auto error = build_unreachable(Unreachable::port, build(spec));
      CHECK(found(error, family, PortsIn::quote, 4) == worker_of(spec.from, spec.to, 4));
    }
  }
}

TEST_CASE("a packet without ports is for none of the workers' programs") {
  const Packet cut = {std::vector<std::byte>(21, std::byte{0x45})};
  CHECK(found(cut, Family::v4, PortsIn::segment, 4) == kNobody);
  Rng rng{4};
  Packet extended = build(random_segment(rng, Family::v6));
  extended.bytes[6] = std::byte{0};  // a hop-by-hop header next
  CHECK(found(extended, Family::v6, PortsIn::segment, 4) == kNobody);
}

TEST_CASE("ports in sequence, of one parity or not, give every worker its share") {
  const Endpoint server{IpAddress::parse("10.2.0.2").value(), 8080};
  for (const unsigned step : {1U, 2U, 4U, 7U}) {
    for (const unsigned workers : {2U, 3U, 4U, 16U}) {
      std::vector<unsigned> flows(workers);
      for (unsigned i = 0; i < 100 * workers; ++i) {
        const Endpoint client{server.address, static_cast<std::uint16_t>(32768 + step * i)};
        ++flows[worker_of(client, server, workers)];
      }
      INFO("ports " << step << " apart, " << workers << " workers");
      CHECK(std::ranges::min(flows) > 80);
      CHECK(std::ranges::max(flows) < 120);
    }
  }
}

}  // namespace latesyn::test
