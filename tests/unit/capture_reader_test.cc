// Captures of other programs' making, as they are replayed: what of them is, and at what times.

#include "proxy/watch/capture_reader.hpp"

#include <fstream>

#include "proxy/loader/policy_file.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "proxy/packet/wire.hpp"
#include "tests/unit/scratch.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;

Packet segment(Flags flags, const std::string& server = "10.2.0.2") {
  return build({.from = {*IpAddress::parse("10.1.0.2"), 40000},
                .to = {*IpAddress::parse(server), 8080},
                .seq = Seq{100},
                .flags = flags});
}

void put32(std::string& out, std::uint32_t value, bool big) {
  for (int i = 0; i < 4; ++i) {
    out += static_cast<char>(value >> static_cast<unsigned>(big ? 24 - 8 * i : 8 * i) & 0xffU);
  }
}

/// A pcap file of these frames, one every two seconds and three units of its clock.
std::string pcap(std::uint32_t magic, bool big, std::uint32_t link,
                 const std::vector<std::string>& frames) {
  std::string out;
  put32(out, magic, big);
  put32(out, big ? 0x00020004 : 0x00040002, big);
  for (const std::uint32_t field : {0U, 0U, 65535U, link}) put32(out, field, big);
  std::uint32_t seconds = 1'700'000'000, units = 0;
  for (const std::string& frame : frames) {
    const auto size = static_cast<std::uint32_t>(frame.size());
    for (const std::uint32_t field : {seconds, units, size, size}) put32(out, field, big);
    out += frame;
    seconds += 2;
    units += 3;
  }
  return out;
}

std::string text(const Packet& packet) {
  std::string out;
  for (const std::byte b : packet.bytes) out += static_cast<char>(b);
  return out;
}

constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4, kNanoseconds = 0xa1b23c4d;
const std::string kEthernet = std::string(12, 'x') + "\x08" + std::string(1, '\0');

CaptureReplay read(const std::string& bytes, double scale = 1) {
  const Scratch scratch;
  const auto file = scratch.path() / "old.pcap";
  std::ofstream(file, std::ios::binary) << bytes;
  Traffic traffic;
  traffic.servers = {*EndpointRange::parse("10.2.0.2:8080")};
  CaptureReplay replay{.scale = scale, .segments = SegmentKinds().add(SegmentKind::syn)};
  read_capture(file, traffic, replay);
  return replay;
}

/// What is said behind the capture's name.
std::string error(const std::string& bytes, double scale = 1) {
  try {
    read(bytes, scale);
  } catch (const PolicyError& problem) {
    const std::string said = problem.what();
    return said.substr(said.find("old.pcap: ") + 10);
  }
  return "";
}

std::vector<Duration> times(const CaptureReplay& replay) {
  std::vector<Duration> out;
  for (const RecordedPacket& recorded : replay.packets) out.push_back(recorded.at);
  return out;
}

}  // namespace

TEST_CASE("a capture is read in either byte order, in microseconds and in nanoseconds") {
  const bool big = GENERATE(false, true);
  const std::string frame = kEthernet + text(segment({.syn = true}));
  CHECK(times(read(pcap(kMicroseconds, big, 1, {frame, frame}))) ==
        std::vector<Duration>{0s, 2s + 3us});
  const CaptureReplay fine = read(pcap(kNanoseconds, big, 1, {frame, frame}));
  CHECK(times(fine) == std::vector<Duration>{0s, 2s + 3ns});
  CHECK(fine.packets[0].packet == segment({.syn = true}));
}

TEST_CASE("a capture is read behind the headers of its link") {
  const std::string ip = text(segment({.syn = true}));
  const std::string zero(1, '\0'), protocol = "\x08" + zero;
  const auto [link, front] = GENERATE_COPY(table<std::uint32_t, std::string>(
      {{1, kEthernet},
       {1, std::string(12, 'x') + "\x81" + zero + zero + "\x07" + protocol},
       {1,
        std::string(12, 'x') + "\x91" + zero + zero + "\x07\x81" + zero + zero + "\x08" + protocol},
       {101, ""},
       {113, std::string(14, 'x') + protocol},
       {228, ""},
       {276, protocol + std::string(18, 'x')}}));
  const CaptureReplay replay = read(pcap(kMicroseconds, false, link, {front + ip}));
  REQUIRE(replay.packets.size() == 1);
  CHECK(replay.packets[0].packet == segment({.syn = true}));
}

TEST_CASE("an Ethernet trailer is no part of the packet") {
  const std::string frame = kEthernet + text(segment({.syn = true})) + std::string(6, '\0');
  CHECK(read(pcap(kMicroseconds, false, 1, {frame})).packets[0].packet == segment({.syn = true}));
}

TEST_CASE("what is not replayed is counted by reason") {
  const std::string syn = text(segment({.syn = true}));
  const CaptureReplay replay =
      read(pcap(kMicroseconds, false, 101,
                {syn, text(segment({.ack = true})), text(segment({.syn = true}, "10.9.0.2")),
                 "0 packets", syn.substr(0, 20)}));
  CHECK(replay.packets.size() == 1);
  CHECK(replay.skipped == std::map<std::string, std::uint64_t>{{"of other kinds", 1},
                                                               {"not of the policy's traffic", 1},
                                                               {"with malformed headers", 1},
                                                               {"cut off by the capture", 1}});
}

TEST_CASE("a frame without an IP packet is not said to be cut off") {
  const std::string arp = std::string(12, 'x') + "\x08\x06" + std::string(28, '\0');
  CHECK(read(pcap(kMicroseconds, false, 1, {arp})).skipped ==
        std::map<std::string, std::uint64_t>{{"that hold no IP packet", 1}});
}

TEST_CASE("what is no capture, or an end of one, is refused with what is wrong") {
  const std::string whole = pcap(kMicroseconds, false, 101, {text(segment({.syn = true}))});
  CHECK(error(whole).empty());
  CHECK(error(whole.substr(0, whole.size() - 5)) ==
        "cannot replay this capture: it is cut off, at byte 75");
  CHECK(error("about = \"a policy\"\n") ==
        "cannot replay this capture: it is neither pcap nor pcapng; where it is packed, unpack it "
        "first");
}

TEST_CASE(
    "a capture whose clock was set meanwhile is refused where nobody would live to see its end") {
  std::string file = pcap(kMicroseconds, false, 101, {});
  for (const std::uint32_t seconds : {0U, 1'700'000'000U}) {
    const std::string packet = text(segment({.syn = true}));
    const auto size = static_cast<std::uint32_t>(packet.size());
    for (const std::uint32_t field : {seconds, 0U, size, size}) put32(file, field, false);
    file += packet;
  }
  CHECK(times(read(file)) == std::vector<Duration>{0s, 1'700'000'000s});
  CHECK(error(file, 2) ==
        "cannot replay this capture: with a scale of 2 its last packet would leave 108 years after "
        "its first; at most 100 are waited for");
}

TEST_CASE("a capture is looked for beside its policy, and must have what the policy wants") {
  const Scratch scratch;
  const auto file = scratch.path() / "p.toml";
  std::ofstream(file) << "about = \"a\"\n[[replay]]\nfile = \"old.pcap\"\n";
  CHECK_THROWS_WITH(load_whole_policy(file), Catch::Contains("No such file or directory"));
  std::ofstream(scratch.path() / "old.pcap", std::ios::binary)
      << pcap(kMicroseconds, false, 101, {text(segment({.rst = true}))});
  CHECK_THROWS_WITH(load_whole_policy(file),
                    Catch::Contains("none of the segments that the policy wants, but 1 packet of "
                                    "other kinds; \"servers\", \"clients\" and \"segment\" must "
                                    "be those of the capture"));
  std::string fragment = text(segment({.syn = true}));
  const std::string cut_off = fragment.substr(0, fragment.size() - 1);
  fragment[6] = '\x20';  // more fragments follow
  std::ofstream(scratch.path() / "old.pcap", std::ios::binary)
      << pcap(kMicroseconds, false, 101, {text(segment({.rst = true})), cut_off});
  CHECK_THROWS_WITH(load_whole_policy(file),
                    Catch::EndsWith("but 1 packet cut off by the capture, 1 packet of other "
                                    "kinds; capture whole packets: tcpdump --snapshot-length=0"));
  std::ofstream(scratch.path() / "old.pcap", std::ios::binary)
      << pcap(kMicroseconds, false, 101, {fragment});
  CHECK_THROWS_WITH(load_whole_policy(file),
                    Catch::EndsWith("but 1 packet in fragments; only whole segments are "
                                    "replayed; capture where they are not cut into fragments"));
  std::ofstream(scratch.path() / "old.pcap", std::ios::binary)
      << pcap(kMicroseconds, false, 147, {text(segment({.syn = true}))});
  CHECK_THROWS_WITH(load_whole_policy(file),
                    Catch::Contains("but 1 packet of the link type 147, which is not known here"));
  std::ofstream(scratch.path() / "old.pcap", std::ios::binary)
      << pcap(kMicroseconds, false, 101, {text(segment({.syn = true}))});
  CHECK(load_whole_policy(file).replays[0].packets.size() == 1);
}

}  // namespace latesyn::test
