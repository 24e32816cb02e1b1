// The conditions of `when` that look at a segment's size, place, options and ECN.

#include "proxy/match/match.hpp"
#include "proxy/match/sight.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "proxy/packet/tcp_edit.hpp"
#include "tests/unit/known_packets.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

Match match_of(const std::string& when) {
  return with_rule("do = \"drop\"\nwhen = {" + when + "}").rules[0].when;
}

/// A segment of `size` bytes at `position`, over a SYN with the options of Linux.
bool covers(const std::string& when, std::uint32_t size, std::optional<std::uint32_t> position) {
  auto bytes = syn_v4();
  Segment s;
  s.kind = size > 0 ? SegmentKind::data : SegmentKind::ack;
  s.payload_size = size;
  s.position = position;
  return match_of(when).covers({s, std::get<TcpView>(TcpView::over(bytes))});
}

bool covers(const std::string& when, std::vector<std::byte> bytes = syn_v4()) {
  return match_of(when).covers({Segment{}, std::get<TcpView>(TcpView::over(bytes))});
}

/// A segment with these flags, of the kind that they make it.
bool covers_flags(const std::string& wanted, Flags flags) {
  const auto bytes = syn_v4();
  Segment s;
  s.flags = flags;
  s.kind = kind_alone(flags, 0);
  return match_of("flags = \"" + wanted + "\"")
      .covers({s, std::get<TcpView>(TcpView::over(bytes))});
}

std::string error(const std::string& when) {
  return rule_error("do = \"drop\"\nwhen = {" + when + "}");
}

const std::string kNever = "p.toml:4:8: the rule can never match: ";

}  // namespace

TEST_CASE("payload is a number of bytes or a range") {
  CHECK(covers("payload = 10", 10, 0));
  CHECK_FALSE(covers("payload = 10", 11, 0));
  CHECK(covers("payload = \"1-10\"", 10, 0));
  CHECK_FALSE(covers("payload = \"1-10\"", 0, 0));
  CHECK(covers("payload = \"11-\"", 60'000, 0));
}

TEST_CASE("position is touched by a segment with one byte of the range") {
  CHECK(covers("position = \"100-199\"", 1, 100));
  CHECK(covers("position = \"100-199\"", 1, 199));
  CHECK(covers("position = \"100-199\"", 101, 0));
  CHECK(covers("position = \"100-199\"", 1000, 50));
  CHECK(covers("position = 0", 10, 0));
  CHECK_FALSE(covers("position = \"100-199\"", 100, 0));
  CHECK_FALSE(covers("position = \"100-199\"", 10, 200));
  CHECK_FALSE(covers("position = 0", 0, 0));
  CHECK_FALSE(covers("position = 0", 10, std::nullopt));
}

TEST_CASE("a segment across the end of the sequence space touches its beginning") {
  CHECK(covers("position = \"0-9\"", 10, 0xffff'fffb));
  CHECK_FALSE(covers("position = \"0-9\"", 5, 0xffff'fffb));
}

TEST_CASE("options are there by name or kind") {
  CHECK(covers("option = \"timestamps\""));
  CHECK(covers("option = [\"mss\", \"sack-permitted\", 3]"));
  CHECK_FALSE(covers("option = [\"mss\", \"fast-open\"]"));
  CHECK(covers("no_option = [\"fast-open\", \"mptcp\", \"md5\", \"ao\", \"sack\", 77]"));
  CHECK_FALSE(covers("no_option = [\"fast-open\", \"window-scale\"]"));
  CHECK(covers("option = \"mss\", no_option = \"sack\""));
}

TEST_CASE("ecn is the two bits of IP in either family") {
  auto v4 = syn_v4(), v6 = data_v6();
  CHECK(covers("ecn = \"not-ect\"", v4));
  TcpEdit::over(v4).set_ecn(3);
  TcpEdit::over(v6).set_ecn(2);
  CHECK(covers("ecn = \"ce\"", v4));
  CHECK(covers("ecn = \"ect-0\"", v6));
  CHECK_FALSE(covers("ecn = \"ect-1\"", v6));
}

TEST_CASE("a state is one that the segment's incarnation has come to") {
  const Match match = match_of("state = [\"established\", \"half-closed\"]");
  const auto bytes = syn_v4();
  const auto view = std::get<TcpView>(TcpView::over(bytes));
  std::vector<bool> covered;
  for (std::size_t i = 0; i < kConnectionStateNames.size(); ++i) {
    Segment s;
    s.state = static_cast<ConnectionState>(i);
    covered.push_back(match.covers({s, view}));
  }
  CHECK(covered == std::vector<bool>{0, 0, 1, 1, 0});
  CHECK_FALSE(match.covers({Segment{}, view}));
}

TEST_CASE("flags of ECN are matched as the others are") {
  CHECK(covers_flags("SYN,ECE,CWR SYN,ECE", {.syn = true, .ece = true}));
  CHECK(covers_flags("SYN,ECE,CWR SYN,ECE", {.syn = true, .ack = true, .ece = true}));
  CHECK_FALSE(covers_flags("SYN,ECE,CWR SYN,ECE", {.syn = true, .ece = true, .cwr = true}));
}

TEST_CASE("flags are a mask and what of it is set, as iptables has them") {
  CHECK(covers_flags("SYN,ACK SYN", {.syn = true}));
  CHECK(covers_flags("SYN,ACK SYN", {.syn = true, .psh = true}));
  CHECK_FALSE(covers_flags("SYN,ACK SYN", {.syn = true, .ack = true}));
  CHECK(covers_flags("ALL FIN,PSH,URG", {.fin = true, .psh = true, .urg = true}));
  CHECK_FALSE(
      covers_flags("ALL FIN,PSH,URG", {.fin = true, .psh = true, .ack = true, .urg = true}));
  CHECK(covers_flags("PSH NONE", {.ack = true}));
  CHECK_FALSE(covers_flags("PSH NONE", {.psh = true, .ack = true}));
}

TEST_CASE("one list of flags means these and none else of FIN, SYN, RST and ACK") {
  CHECK(covers_flags("RST,ACK", {.rst = true, .psh = true, .ack = true}));
  CHECK_FALSE(covers_flags("RST,ACK", {.rst = true}));
  CHECK_FALSE(covers_flags("RST,ACK", {.fin = true, .rst = true, .ack = true}));
  CHECK(covers_flags("NONE", {.psh = true, .urg = true}));
  CHECK_FALSE(covers_flags("NONE", {.ack = true}));
}

TEST_CASE("what is no range or no option is refused") {
  const std::string range =
      "\"; write a whole number, or a range of them in quotes: \"0-1400\", or \"1-\" without an "
      "end";
  for (const std::string text : {"", "-", "9-1", "a-b", "1-2-3", "1", "-5", "4294967296-"}) {
    CHECK(error("payload = \"" + text + "\"") == "p.toml:4:19: \"payload\" is \"" + text + range);
  }
  CHECK(error("option = 1") == "p.toml:4:18: \"option\" is 1; write a whole number from 2 to 255");
  CHECK(error("no_option = \"timestamp\"") ==
        "p.toml:4:21: \"no_option\" is \"timestamp\"; did you mean \"timestamps\"? It is one of: "
        "mss, window-scale, sack-permitted, sack, timestamps, md5, ao, mptcp, fast-open");
}

TEST_CASE("sizes that a segment never has never match") {
  CHECK(error("segment = \"ack\", payload = 1") ==
        kNever + "such segments never have that much data; leave out segment, payload or position");
  CHECK(error("segment = \"data\", payload = 0") ==
        kNever + "such segments never have that much data; leave out segment, payload or position");
  CHECK(error("segment = \"handshake-ack\", position = 0") ==
        kNever + "such segments never have that much data; leave out segment, payload or position");
  CHECK(error("payload = 0, position = 0") ==
        kNever +
            "a segment without data has no bytes at a position; leave out payload or position");
  CHECK(error("option = [\"mss\", \"sack\"], no_option = \"sack\"") ==
        kNever + "sack must be there and must not; leave out option or no_option");
}

TEST_CASE("a wider condition includes a narrower one, and not the other way") {
  const auto [wide, narrow] = GENERATE(
      table<std::string, std::string>({{"payload = \"1-100\"", "payload = \"5-100\""},
                                       {"position = \"0-\"", "position = 7"},
                                       {"state = [\"closed\", \"syn-sent\"]", "state = \"closed\""},
                                       {"option = \"mss\"", "option = [\"sack\", \"mss\"]"},
                                       {"", "no_option = \"sack\""},
                                       {"", "ecn = \"ce\""}}));
  CAPTURE(wide, narrow);
  CHECK(match_of(wide).includes(match_of(narrow)));
  CHECK_FALSE(match_of(narrow).includes(match_of(wide)));
}

}  // namespace latesyn::test
