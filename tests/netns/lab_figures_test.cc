// RFC 9293's figures 6 to 13, line by line, against what real kernels do: which segment goes which
// way, how its SEQ and ACK stand to the others', and both ends' states. The figures stand here with
// the RFC's numbers, apart from the policies, so that a mistake in a policy's example is found.

#include <algorithm>
#include <map>

#include "proxy/notes/figure.hpp"
#include "tests/netns/lab_run.hpp"

namespace latesyn::test {
namespace {

using Figure = std::vector<std::string_view>;

// States that a figure leaves out, or has as (??) and (!!), are left out. Line 1 of figures 9 and
// 10, (REBOOT), has no states; of two ends that send one after the other at once, both have the
// number.
const std::map<int, Figure> kFigures{
    {6,
     {"0 1. CLOSED LISTEN", "0 2. SYN-SENT A --> <SEQ=100><CTL=SYN> --> B SYN-RECEIVED",
      "0 3. ESTABLISHED A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B SYN-RECEIVED",
      "0 4. ESTABLISHED A --> <SEQ=101><ACK=301><CTL=ACK> --> B ESTABLISHED",
      "0 5. ESTABLISHED A --> <SEQ=101><ACK=301><DATA=10><CTL=ACK> --> B ESTABLISHED"}},
    {7,
     {"0 1. CLOSED CLOSED", "0 2. SYN-SENT A --> <SEQ=100><CTL=SYN> ...",
      "0 3. SYN-RECEIVED A <-- <SEQ=300><CTL=SYN> <-- B SYN-SENT",
      "0 4. ... <SEQ=100><CTL=SYN> --> B SYN-RECEIVED",
      "0 5. SYN-RECEIVED A --> <SEQ=100><ACK=301><CTL=SYN,ACK> ...",
      "0 6. ESTABLISHED A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B SYN-RECEIVED",
      "0 7. ... <SEQ=100><ACK=301><CTL=SYN,ACK> --> B ESTABLISHED"}},
    {8,
     {"0 1. CLOSED LISTEN", "0 2. SYN-SENT A --> <SEQ=100><CTL=SYN> ...",
      "0 3. ... <SEQ=90><CTL=SYN> --> B SYN-RECEIVED",
      "0 4. SYN-SENT A <-- <SEQ=300><ACK=91><CTL=SYN,ACK> <-- B SYN-RECEIVED",
      "0 5. SYN-SENT A --> <SEQ=91><CTL=RST> --> B LISTEN",
      "0 6. ... <SEQ=100><CTL=SYN> --> B SYN-RECEIVED",
      "0 7. ESTABLISHED A <-- <SEQ=400><ACK=101><CTL=SYN,ACK> <-- B SYN-RECEIVED",
      "0 8. ESTABLISHED A --> <SEQ=101><ACK=401><CTL=ACK> --> B ESTABLISHED"}},
    {9,
     {"0 2. CLOSED ESTABLISHED", "0 3. SYN-SENT A --> <SEQ=400><CTL=SYN> --> B",
      "0 4. A <-- <SEQ=300><ACK=100><CTL=ACK> <-- B ESTABLISHED",
      "0 5. SYN-SENT A --> <SEQ=100><CTL=RST> --> B", "0 6. SYN-SENT CLOSED",
      "0 7. SYN-SENT A --> <SEQ=400><CTL=SYN> ..."}},
    {10,
     {"0 2. A <-- <SEQ=300><ACK=100><DATA=10><CTL=ACK> <-- B ESTABLISHED",
      "0 3. A --> <SEQ=100><CTL=RST> --> B"}},
    {11,
     {"0 1. LISTEN LISTEN", "0 2. ... <SEQ=90><CTL=SYN> --> B SYN-RECEIVED",
      "0 3. A <-- <SEQ=300><ACK=91><CTL=SYN,ACK> <-- B SYN-RECEIVED",
      "0 4. A --> <SEQ=91><CTL=RST> --> B LISTEN", "0 5. LISTEN LISTEN"}},
    {12,
     {"0 1. ESTABLISHED ESTABLISHED",
      "0 2. FIN-WAIT-1 A --> <SEQ=100><ACK=300><CTL=FIN,ACK> --> B CLOSE-WAIT",
      "0 3. FIN-WAIT-2 A <-- <SEQ=300><ACK=101><CTL=ACK> <-- B CLOSE-WAIT",
      "0 4. TIME-WAIT A <-- <SEQ=300><ACK=101><CTL=FIN,ACK> <-- B LAST-ACK",
      "0 5. TIME-WAIT A --> <SEQ=101><ACK=301><CTL=ACK> --> B CLOSED", "0 6. CLOSED CLOSED"}},
    {13,
     {"0 1. ESTABLISHED ESTABLISHED", "0 2. FIN-WAIT-1 A --> <SEQ=100><ACK=300><CTL=FIN,ACK> ...",
      "0 2. A <-- <SEQ=300><ACK=100><CTL=FIN,ACK> <-- B FIN-WAIT-1",
      "0 2. ... <SEQ=100><ACK=300><CTL=FIN,ACK> --> B",
      "0 3. CLOSING A --> <SEQ=101><ACK=301><CTL=ACK> ...",
      "0 3. A <-- <SEQ=301><ACK=101><CTL=ACK> <-- B CLOSING",
      "0 3. ... <SEQ=101><ACK=301><CTL=ACK> --> B", "0 4. TIME-WAIT TIME-WAIT",
      "0 4. CLOSED CLOSED"}},
};

/// A row of the report that has a number, as a line of a figure.
FigureLine line_of(const nlohmann::json& row) {
  FigureLine line{.number = row.at("number").get<std::string>(),
                  .a = *socket_state(row.at("a").get<std::string>()),
                  .b = *socket_state(row.at("b").get<std::string>())};
  const auto way = row.at("way").get<std::string>();
  if (way == "states") {
    line.way = Way::states;
    return line;
  }
  const bool client = row.at("from") == "A";
  const auto segment = row.at("segment").get<std::string>();
  const FigureLine read =
      parse_figure_line(client ? "0 A --> " + segment + " --> B" : "0 A <-- " + segment + " <-- B")
          .value();
  line.from = read.from;
  line.seq = read.seq;
  line.ack = read.ack;
  line.flags = read.flags;
  line.payload_size = read.payload_size;
  // What was held on its way is received all the same.
  line.way = way == "stuck" ? Way::stuck : Way::through;
  return line;
}

std::vector<FigureLine> numbered_lines(const nlohmann::json& report) {
  std::vector<FigureLine> lines;
  for (const auto& row : report.at("ladder").at(0).at("rows")) {
    if (row.at("number") != "") lines.push_back(line_of(row));
  }
  return lines;
}

/// The numbers of one end's sequence space, as the figure has them and as they were.
using Pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// Numbers that are the same, or next to each other, are so in both; others lie in the same order.
void check_relations(const Pairs& pairs) {
  const auto sign = [](std::int64_t n) { return (n > 0) - (n < 0); };
  for (const auto& [figure, found] : pairs) {
    for (const auto& [other_figure, other_found] : pairs) {
      const std::int64_t wanted = figure - other_figure, is = found - other_found;
      CAPTURE(figure, other_figure, found, other_found);
      CHECK((std::abs(wanted) <= 1 ? wanted == is : sign(wanted) == sign(is)));
    }
  }
}

void check_line(const FigureLine& figure, const FigureLine& found) {
  CAPTURE(to_text(figure), to_text(found));
  CHECK(figure.number == found.number);
  CHECK((figure.way == Way::arriving ? Way::through : figure.way) == found.way);
  CHECK(figure.from == found.from);
  CHECK(figure.flags == found.flags);
  CHECK(figure.payload_size == found.payload_size);
  CHECK((figure.a == SocketState::unknown || figure.a == found.a));
  CHECK((figure.b == SocketState::unknown || figure.b == found.b));
}

void check_figure(const Figure& texts, const nlohmann::json& report) {
  std::vector<FigureLine> figure;
  for (const auto text : texts) figure.push_back(parse_figure_line(text).value());
  std::vector<FigureLine> found = numbered_lines(report);
  // Line 1 of figures 9 and 10.
  if (figure[0].number == "2" && found.at(0).number == "1") found.erase(found.begin());
  REQUIRE(found.size() == figure.size());
  std::map<Side, Pairs> spaces;
  for (std::size_t i = 0; i < figure.size(); ++i) {
    check_line(figure[i], found[i]);
    if (figure[i].way == Way::states) continue;
    spaces[figure[i].from].emplace_back(figure[i].seq, found[i].seq);
    if (figure[i].flags.ack)
      spaces[other(figure[i].from)].emplace_back(figure[i].ack, found[i].ack);
  }
  for (const auto& [side, pairs] : spaces) check_relations(pairs);
}

BothFamilies play(int number) {
  return BothFamilies({shipped("rfc9293/figure_" + std::to_string(number) + ".toml")});
}

void check(int number, BothFamilies& both) {
  for (LabRun* run : both.runs()) {
    const int status = run->status();
    INFO("figure " << number << "\n" << run->printed() << run->said());
    CHECK(status == 0);
    check_figure(kFigures.at(number), run->json());
  }
}

}  // namespace

TEST_CASE("lab: figures 6 to 13 of RFC 9293 come true between kernels, line by line", "[long]") {
  // The last two end with a TIME-WAIT of 60 s, and the others are over before that.
  auto normal_close = play(12), simultaneous_close = play(13);
  for (const int number : {6, 7, 8, 9, 10, 11}) {
    auto both = play(number);
    check(number, both);
  }
  check(12, normal_close);
  check(13, simultaneous_close);
}

}  // namespace latesyn::test
