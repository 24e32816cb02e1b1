#include "proxy/output/output_file.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/scratch.hpp"
#include "tests/unit/text_of.hpp"

namespace latesyn::test {

TEST_CASE("a record that is larger than all that may wait is written whole, a piece at a time") {
  const Scratch folder;
  const auto path = folder.path() / "report.json";
  const std::string text(2 * OutputFile::kRoom + 7, 'x');
  OutputFile file(path, "the report", {}, OutputForm::object);
  file.write_large(text);
  file.finish();
  CHECK(file.whole());
  CHECK((text_of(path) == text));
}

}  // namespace latesyn::test
