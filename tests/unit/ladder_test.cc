#include "proxy/lab/ladder/ladder.hpp"

namespace latesyn::test {
namespace {

LadderRow row(std::string_view line, SocketState a, SocketState b, std::string remark = {}) {
  return {.line = parse_figure_line(line).value(),
          .a = {.state = a},
          .b = {.state = b},
          .remark = std::move(remark)};
}

LadderFlow conversation() {
  LadderFlow flow;
  flow.flow = {{IpAddress::parse("10.1.0.2").value(), 40000},
               {IpAddress::parse("10.2.0.2").value(), 80}};
  flow.connection = 1;
  flow.rows = {
      row("0 A --> <SEQ=100><CTL=SYN> ...", SocketState::syn_sent, SocketState::listen, "held"),
      row("1 A --> <SEQ=100><CTL=SYN> --> B", SocketState::syn_sent, SocketState::syn_received),
      row("1 XXX <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B", SocketState::syn_sent,
          SocketState::syn_received),
      row("2 P --> <SEQ=101><ACK=301><CTL=ACK> --> B", SocketState::unknown,
          SocketState::established),
      row("3 release", SocketState::closed, SocketState::closed),
      row("3 ... <SEQ=100><CTL=SYN> --> B", SocketState::closed, SocketState::established)};
  flow.ended = Time(std::chrono::seconds(4));
  flow.a = {.state = SocketState::closed};
  flow.b = {.state = SocketState::established, .inode = 9};
  return flow;
}

}  // namespace

TEST_CASE("a ladder has a row for each segment, with the states of the ends it concerns") {
  CHECK(to_text(conversation()) ==
        R"(connection 1
   seconds  TCP Peer A                                                    TCP Peer B
            10.1.0.2:40000                                                10.2.0.2:80
    0.0000  SYN-SENT     --> <SEQ=100><CTL=SYN>                       ...               held
    1.0000  SYN-SENT     --> <SEQ=100><CTL=SYN>                       --> SYN-RECEIVED
    1.0000               XXX <SEQ=300><ACK=101><CTL=SYN,ACK>          <-- SYN-RECEIVED
    2.0000  ?            P-> <SEQ=101><ACK=301><CTL=ACK>              --> ESTABLISHED
    3.0000                   (released by hand)
    3.0000  CLOSED       ... <SEQ=100><CTL=SYN>                       --> ESTABLISHED
    4.0000  CLOSED           (end)                                        ESTABLISHED   )"
        "B: no timer, accepted by an application\n");
}

TEST_CASE("rows that the example does not have are marked, where there is one") {
  std::vector<LadderFlow> ladder{conversation()};
  const auto example = std::vector{ladder[0].rows[0].line, ladder[0].rows[1].line};
  CHECK(mark_added(example, ladder).complete());
  std::vector<bool> added;
  for (const LadderRow& r : ladder[0].rows) added.push_back(r.added);
  CHECK(added == std::vector<bool>{false, false, true, true, true, true});
  CHECK(to_text(ladder[0]).find("\n+   2.0000  ?  ") != std::string::npos);
  mark_added({}, ladder);
  CHECK(to_text(ladder[0]).find('+') == std::string::npos);
}

TEST_CASE("rows have the numbers of the example's lines, and states that it has are rows") {
  std::vector<LadderFlow> ladder{conversation()};
  ladder[0].rows.resize(2);
  ladder[0].changes = {
      {2, row("1.5 CLOSED ESTABLISHED", SocketState::closed, SocketState::established)},
      {2, row("1.6 CLOSED CLOSED", SocketState::closed, SocketState::closed)}};
  std::vector<FigureLine> example;
  for (const std::string_view line :
       {"0 A --> <SEQ=100><CTL=SYN> ...",
        "1 2. SYN-SENT A --> <SEQ=100><CTL=SYN> --> B SYN-RECEIVED", "1.6 3. CLOSED CLOSED"}) {
    example.push_back(parse_figure_line(line).value());
  }
  CHECK(mark_added(example, ladder).complete());
  CHECK(to_text(ladder[0]) ==
        R"(connection 1
   seconds  line  TCP Peer A                                                    TCP Peer B
                  10.1.0.2:40000                                                10.2.0.2:80
    0.0000        SYN-SENT     --> <SEQ=100><CTL=SYN>                       ...               held
    1.0000  2.    SYN-SENT     --> <SEQ=100><CTL=SYN>                       --> SYN-RECEIVED
    1.6000  3.    CLOSED                                                        CLOSED
    4.0000        CLOSED           (end)                                        ESTABLISHED   )"
        "B: no timer, accepted by an application\n");
}

TEST_CASE("connections with a late SYN come first, and those not shown are counted") {
  std::vector<LadderFlow> ladder(6);
  for (std::uint32_t i = 0; i < 6; ++i) ladder[i].connection = i + 1;
  ladder[4].late_syn = true;
  const std::string text = to_text(ladder, 10, 2);
  CHECK(text.find("connection 5\n") < text.find("connection 1\n"));
  CHECK(text.find("connection 2\n") == std::string::npos);
  CHECK(text.find("(14 more connections are not shown)") != std::string::npos);
}

}  // namespace latesyn::test
