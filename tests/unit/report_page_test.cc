#include "proxy/lab/report_page.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/text_of.hpp"

namespace latesyn::test {

TEST_CASE("docs/report.md is what `latesyn report` makes of the fields") {
  CHECK(text_of("docs/report.md") == report_page());
}

}  // namespace latesyn::test
