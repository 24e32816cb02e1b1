#include "proxy/lab/ladder/example_match.hpp"

namespace latesyn::test {
namespace {

using Lines = std::vector<FigureLine>;

Lines lines(const std::vector<std::string_view>& texts) {
  Lines all;
  for (const auto text : texts) all.push_back(parse_figure_line(text).value());
  return all;
}

const Lines kExample = lines({"0 A --> <SEQ=100><CTL=SYN> ...", "1 A --> <SEQ=100><CTL=SYN> --> B",
                              "1 A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B"});

}  // namespace

TEST_CASE("an example matches what happened in its order, a timer's rounding later") {
  const auto match = match_example(
      kExample, lines({"0 A --> <SEQ=100><CTL=SYN> ...", "1.124 A --> <SEQ=100><CTL=SYN> --> B",
                       "1.125 A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B"}));
  CHECK(match.complete());
  CHECK(match.in_example == std::vector<bool>{true, true, true});
  CHECK(match.first_missing == std::nullopt);
}

TEST_CASE("what the kernels add between an example's lines is not missing and not matched") {
  const auto match = match_example(
      kExample,
      lines({"0 A --> <SEQ=100><CTL=SYN> ...", "0.5 A --> <SEQ=100><CTL=SYN> XXX",
             "1 A --> <SEQ=100><CTL=SYN> --> B", "1 A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
             "1 A --> <SEQ=101><ACK=301><CTL=ACK> --> B"}));
  CHECK(match.complete());
  CHECK(match.in_example == std::vector<bool>{true, false, true, true, false});
}

TEST_CASE("a line that differs in its way, its numbers or its size is missing") {
  for (const std::string_view other :
       {"1 A --> <SEQ=100><CTL=SYN> XXX", "1 A --> <SEQ=101><CTL=SYN> --> B",
        "1 A --> <SEQ=100><DATA=1><CTL=SYN> --> B", "1 A --> <SEQ=100><CTL=FIN> --> B"}) {
    const auto match =
        match_example(kExample, lines({"0 A --> <SEQ=100><CTL=SYN> ...", other,
                                       "1 A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B"}));
    CHECK(match.matched == 2);
    CHECK(match.first_missing == kExample[1]);
  }
}

TEST_CASE("a line that comes too early or too late is missing") {
  for (const std::string_view other :
       {"0.77 A --> <SEQ=100><CTL=SYN> --> B", "1.23 A --> <SEQ=100><CTL=SYN> --> B"}) {
    const auto match = match_example(kExample, lines({"0 A --> <SEQ=100><CTL=SYN> ...", other}));
    CHECK(match.matched == 1);
    CHECK(match.first_missing == kExample[1]);
  }
}

TEST_CASE("lines in another order are not all found") {
  const auto match = match_example(kExample, lines({"0 A --> <SEQ=100><CTL=SYN> ...",
                                                    "1 A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
                                                    "1 A --> <SEQ=100><CTL=SYN> --> B"}));
  CHECK(match.matched == 2);
  CHECK(match.first_missing == kExample[2]);
}

TEST_CASE("states that an example has must be those that were seen") {
  const Lines example = lines({"0 SYN-SENT A --> <SEQ=100><CTL=SYN> --> B SYN-RECEIVED"});
  CHECK(match_example(example, example).complete());
  CHECK_FALSE(match_example(example, lines({"0 SYN-SENT A --> <SEQ=100><CTL=SYN> --> B LISTEN"}))
                  .complete());
}

TEST_CASE("a line of states is found at the segment that left them so, or between segments") {
  const Lines happened = lines(
      {"0 CLOSED LISTEN", "0 SYN-SENT A --> <SEQ=100><CTL=SYN> --> B LISTEN", "1 CLOSED LISTEN"});
  const auto match = match_example(lines({"0 CLOSED LISTEN", "0 A --> <SEQ=100><CTL=SYN> --> B",
                                          "0 SYN-SENT LISTEN", "1 CLOSED LISTEN"}),
                                   happened);
  CHECK(match.complete());
  CHECK(match.places == std::vector<std::optional<std::size_t>>{0, 1, 1, 2});
  CHECK(match_example(lines({"0 SYN-SENT CLOSED"}), happened).first_missing ==
        lines({"0 SYN-SENT CLOSED"})[0]);
}

TEST_CASE("of an example nothing is found where nothing happened") {
  const auto match = match_example(kExample, {});
  CHECK_FALSE(match.complete());
  CHECK(match.first_missing == kExample[0]);
}

TEST_CASE("no example is complete, and everything is added to it") {
  const auto match = match_example({}, kExample);
  CHECK(match.complete());
  CHECK(match.in_example == std::vector<bool>{false, false, false});
}

}  // namespace latesyn::test
