#include "proxy/lab/report_page.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

namespace latesyn::test {

TEST_CASE("docs/report.md is what `latesyn report` makes of the fields") {
  std::ifstream file(LATESYN_SOURCE "/docs/report.md");
  std::stringstream text;
  text << file.rdbuf();
  CHECK(text.str() == report_page());
}

}  // namespace latesyn::test
