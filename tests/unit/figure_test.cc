#include "proxy/notes/figure.hpp"

#include <vector>

#include "tests/unit/moments.hpp"

namespace latesyn::test {
TEST_CASE("a line of a figure says when, which way, and which segment") {
  CHECK(parse_figure_line("1.5 A --> <SEQ=101><ACK=301><DATA=10><CTL=ACK> --> B") ==
        FigureLine{.at = at_ms(1500),
                   .way = Way::through,
                   .from = Side::client,
                   .seq = 101,
                   .ack = 301,
                   .flags = {.ack = true},
                   .payload_size = 10});
}

TEST_CASE("every form of a line is read and printed") {
  const std::vector<std::string> lines{
      "0.000  A --> <SEQ=100><CTL=SYN>                       --> B",
      "0.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK>          <-- B",
      "0.250  A --> <SEQ=100><CTL=SYN>                       ...",
      "0.250    ... <SEQ=311><ACK=112><CTL=FIN,ACK>          <-- B",
      "3.000    ... <SEQ=100><CTL=SYN>                       --> B",
      "3.000  A <-- <SEQ=311><ACK=112><CTL=FIN,ACK>          ...",
      "3.000  A --> <SEQ=101><CTL=RST>                       XXX",
      "3.000    XXX <SEQ=301><CTL=RST>                       <-- B",
      "3.000  P --> <SEQ=101><ACK=301><CTL=ACK>              --> B",
      "3.000  A <-- <SEQ=101><ACK=301><CTL=ACK>              <-- P",
      "3.000  A <-- <ICMP=time-exceeded><SEQ=100><CTL=SYN>   <-- P",
      "3602.125  release",
  };
  for (const std::string& line : lines) {
    const auto parsed = parse_figure_line(line);
    REQUIRE(parsed);
    CHECK(to_text(*parsed) == line);
  }
}

TEST_CASE("a line may have its number in the RFC and the states of both ends") {
  CHECK(parse_figure_line("0 5.1. SYN-SENT A --> <SEQ=100><CTL=SYN> --> B SYN-RECEIVED") ==
        FigureLine{.seq = 100,
                   .flags = {.syn = true},
                   .number = "5.1",
                   .a = SocketState::syn_sent,
                   .b = SocketState::syn_received});
  CHECK(parse_figure_line("1 6. CLOSED LISTEN") == FigureLine{.at = at_ms(1000),
                                                              .way = Way::states,
                                                              .number = "6",
                                                              .a = SocketState::closed,
                                                              .b = SocketState::listen});
  const std::vector<std::string> lines{
      "0.000   2. SYN-SENT     A --> <SEQ=100><CTL=SYN>                       --> B SYN-RECEIVED",
      "0.000      SYN-SENT     A --> <SEQ=100><CTL=SYN>                       ...",
      "0.000                     ... <SEQ=100><CTL=SYN>                       --> B LISTEN",
      "0.000  2. A --> <SEQ=100><CTL=SYN>                       --> B",
      "0.000  10. CLOSED        LISTEN"};
  for (const std::string& line : lines) CHECK(to_text(parse_figure_line(line).value()) == line);
}

TEST_CASE("what happens leaves numbers and lines of states out") {
  const auto line = [](std::string_view text) { return parse_figure_line(text).value(); };
  CHECK(events_of({line("0 1. CLOSED LISTEN"), line("0 2. CLOSED A --> <SEQ=1><CTL=SYN> --> B"),
                   line("1 release")}) ==
        std::vector{line("0 A --> <SEQ=1><CTL=SYN> --> B"), line("1 release")});
}

TEST_CASE("what is not a line of a figure is not read") {
  const std::vector<std::string> lines{
      "",
      "A --> <SEQ=100><CTL=SYN> --> B",
      "-1 A --> <SEQ=100><CTL=SYN> --> B",
      "1e99 A --> <SEQ=100><CTL=SYN> --> B",
      "nan A --> <SEQ=100><CTL=SYN> --> B",
      "0 A --> <SEQ=100><CTL=SYN> <-- B",
      "0 A --> <SEQ=100><CTL=SYN>",
      "0 A --> <SEQ=100><CTL=SYN> --> B B",
      "0 B --> <SEQ=100><CTL=SYN> --> A",
      "0 A --> <CTL=SYN> --> B",
      "0 A --> <SEQ=100> --> B",
      "0 A <-- <ICMP=nonsense><SEQ=100><CTL=SYN> <-- P",
      "0 A <-- <ICMP=host-unreachable><SEQ=100><CTL=SYN> <-- B",
      "0 A --> <SEQ=100><CTL=> --> B",
      "0 A --> <SEQ=100><CTL=SIN> --> B",
      "0 A --> <SEQ=100><CTL=SYN,SYN> --> B",
      "0 A --> <SEQ=4294967296><CTL=SYN> --> B",
      "0 A --> <SEQ=100><ACK=1><CTL=SYN> --> B",
      "0 A --> <SEQ=100><CTL=SYN,ACK> --> B",
      "0 A --> <SEQ=100><DATA=1401><CTL=SYN> --> B",
      "0 A --> <SEQ=100><CTL=SYN --> B",
      "0 release B",
      "0 CLOSED",
      "0 CLOSED LISTEN CLOSED",
      "0 CLOSED NOWHERE",
      "0 1. ",
      "0 . CLOSED LISTEN",
      "0 1 A --> <SEQ=100><CTL=SYN> --> B",
      "0 NOWHERE A --> <SEQ=100><CTL=SYN> --> B",
      "0 A --> <SEQ=100><CTL=SYN> --> B NOWHERE",
      "0 A CLOSED --> <SEQ=100><CTL=SYN> --> B",
  };
  for (const std::string& line : lines) {
    INFO(line);
    CHECK_FALSE(parse_figure_line(line));
  }
}

}  // namespace latesyn::test
