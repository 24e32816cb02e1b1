#include "proxy/handshake/handshake.hpp"

#include "proxy/handshake/handshake_page.hpp"
#include "tests/unit/text_of.hpp"

namespace latesyn::test {

TEST_CASE("docs/states.md is what `latesyn states` draws from the table of handshakes") {
  CHECK(text_of("docs/states.md") == handshake_page());
}

TEST_CASE("no stage of a handshake has two answers to the same event") {
  for (std::size_t i = 0; i < kHandshake.size(); ++i) {
    for (std::size_t j = i + 1; j < kHandshake.size(); ++j) {
      const HandshakeRow &a = kHandshake[i], &b = kHandshake[j];
      INFO(name(a.mode) << ", " << name(a.when) << ", " << name(a.saw));
      CHECK_FALSE((a.mode == b.mode && a.when == b.when && a.saw == b.saw));
    }
  }
}

TEST_CASE("whatever times out is also given up in the end") {
  for (const HandshakeRow& row : kHandshake) {
    if (row.saw != Saw::timeout) continue;
    INFO(name(row.mode) << ", " << name(row.when));
    const auto end = step(row.mode, row.when, Saw::given_up);
    REQUIRE(end);
    CHECK(end->then == Stage::closed);
  }
}

}  // namespace latesyn::test
