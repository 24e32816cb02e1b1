#include "proxy/output/output_file.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "tests/unit/scratch.hpp"

namespace latesyn::test {

TEST_CASE("a record that is larger than all that may wait is written whole, a piece at a time") {
  const Scratch folder;
  const auto path = folder.path() / "report.json";
  const std::string text(2 * OutputFile::kRoom + 7, 'x');
  OutputFile file(path, "the report", {}, OutputForm::object);
  file.write_large(text);
  file.finish();
  CHECK(file.whole());
  std::stringstream read;
  read << std::ifstream(path).rdbuf();
  CHECK((read.str() == text));
}

}  // namespace latesyn::test
