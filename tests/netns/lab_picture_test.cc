#include "proxy/lab/ladder/ladder_picture.hpp"

#include <regex>

namespace latesyn::test {
namespace {

LadderRow row(std::string_view line, SocketState a, SocketState b) {
  return {.line = *parse_figure_line(line), .a = {.state = a}, .b = {.state = b}};
}

LadderFlow flow(std::vector<LadderRow> rows) {
  LadderFlow flow;
  flow.flow = {{*IpAddress::parse("10.1.0.2"), 40000}, {*IpAddress::parse("10.2.0.2"), 80}};
  flow.rows = std::move(rows);
  return flow;
}

/// The arrows of a picture, as "x1,y1-x2,y2"; `!` where one has no head.
std::string arrows(const std::string& svg) {
  const std::regex line(R"re(<line x1="(\d+)" y1="(\d+)" x2="(\d+)" y2="(\d+)" stroke="[^"]*" )re"
                        R"re(stroke-width="1.6"( marker-end)?)re");
  std::string out;
  for (std::sregex_iterator i(svg.begin(), svg.end(), line), end; i != end; ++i) {
    out += (*i)[1].str() + "," + (*i)[2].str() + "-" + (*i)[3].str() + "," + (*i)[4].str() +
           ((*i)[5].matched ? " " : "! ");
  }
  return out;
}

constexpr SocketState kSent = SocketState::syn_sent, kGot = SocketState::syn_received;

}  // namespace

TEST_CASE("a segment that was stuck is one arrow from when it was sent to when it arrived") {
  const auto stuck = flow({row("0 A --> <SEQ=100><CTL=SYN> ...", kSent, kGot),
                           row("1 A --> <SEQ=100><CTL=SYN> --> B", kSent, kGot),
                           row("3 ... <SEQ=100><CTL=SYN> --> B", kSent, kGot)});
  CHECK(arrows(to_svg(stuck, "title")) == "220,82-640,150 220,112-640,120 ");
}

TEST_CASE("a copy, a loss and a forged segment each have an arrow of their own") {
  const auto three = flow({row("0 ... <SEQ=100><CTL=SYN> --> B", kSent, kGot),
                           row("0 XXX <SEQ=300><CTL=RST> <-- B", kSent, kGot),
                           row("0 P --> <SEQ=101><ACK=301><CTL=ACK> --> B", kSent, kGot)});
  CHECK(arrows(to_svg(three, "title")) == "430,86-640,86 640,116-360,116! 430,146-640,146 ");
}

TEST_CASE("an ICMP error is an arrow of latesyn's with what it says") {
  const auto one =
      flow({row("0 A <-- <ICMP=host-unreachable><SEQ=100><CTL=SYN> <-- P", kSent, kGot)});
  const std::string svg = to_svg(one, "title");
  CHECK(arrows(svg) == "430,86-220,86 ");
  CHECK(svg.find("latesyn: &lt;ICMP=host-unreachable&gt;&lt;SEQ=100&gt;&lt;CTL=SYN&gt;") !=
        svg.npos);
}

TEST_CASE("a picture escapes what its title and segments say") {
  const auto one = flow({row("0 A --> <SEQ=100><CTL=SYN> --> B", kSent, kGot)});
  const std::string svg = to_svg(one, "a<b&c");
  CHECK(svg.find("a&lt;b&amp;c") != svg.npos);
  CHECK(svg.find("&lt;SEQ=100&gt;&lt;CTL=SYN&gt;") != svg.npos);
  CHECK(svg.find("<SEQ") == svg.npos);
}

}  // namespace latesyn::test
