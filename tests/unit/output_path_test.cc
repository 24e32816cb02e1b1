// What an option may name to be written, and what not. Root can give files away, and so tries more.

#include "proxy/output/output_path.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/unit/scratch.hpp"

namespace latesyn::test {
namespace {

constexpr uid_t kOther = 12345;

class Place {
 public:
  std::string path(const std::string& name) const { return scratch_.path() / name; }
  std::string file(const std::string& name, const std::string& text = "kept") const {
    std::ofstream(path(name)) << text;
    return path(name);
  }
  std::string text(const std::string& name) const {
    std::ifstream file(path(name));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

 private:
  Scratch scratch_;
};

/// What is said behind "could not open the report: "; empty where it was opened.
std::string refusal(const std::string& path, const OutputRules& rules = {}) {
  try {
    open_output(path, "the report", rules);
    return "";
  } catch (const std::runtime_error& error) {
    const std::string said = error.what();
    const std::string begin = "could not open the report: ";
    CHECK(said.starts_with(begin));
    return said.substr(begin.size());
  }
}

}  // namespace

TEST_CASE("a file of ours is emptied, also by a link of ours") {
  const Place place;
  CHECK(refusal(place.path("new")).empty());
  CHECK(refusal(place.file("old")).empty());
  CHECK(place.text("old").empty());
  place.file("linked");
  std::filesystem::create_symlink("linked", place.path("link"));
  CHECK(refusal(place.path("link")).empty());
  CHECK(place.text("linked").empty());
  CHECK(refusal("/dev/null").empty());
}

TEST_CASE("the policy is never written over, whatever it is called") {
  const Place place;
  const OutputRules rules{.force = GENERATE(false, true), .untouched = {place.file("p.toml")}};
  std::filesystem::create_hard_link(place.path("p.toml"), place.path("same"));
  std::filesystem::create_symlink("p.toml", place.path("link"));
  for (const std::string name : {"p.toml", "same", "link"}) {
    CHECK(refusal(place.path(name), rules) == "it is read by this very run; choose another name");
  }
  CHECK(place.text("p.toml") == "kept");
}

TEST_CASE("another user's file is written over by force only") {
  if (::geteuid() != 0) return;
  const Place place;
  const auto file = place.file("theirs");
  REQUIRE(::chown(file.c_str(), kOther, kOther) == 0);
  CHECK(refusal(file) == "it is another user's file; choose another name, or add --force");
  CHECK(place.text("theirs") == "kept");
  CHECK(refusal(file, {.force = true}).empty());
  CHECK(place.text("theirs").empty());
}

TEST_CASE("another user's link is followed by force only, also where it leads nowhere yet") {
  if (::geteuid() != 0) return;
  const Place place;
  place.file("ours");
  for (const std::string target : {"ours", "nowhere"}) {
    const auto link = place.path("to " + target);
    std::filesystem::create_symlink(target, link);
    REQUIRE(::lchown(link.c_str(), kOther, kOther) == 0);
    CHECK(refusal(link) ==
          "it is a link that another user has made; choose another name, or add --force");
  }
  CHECK(place.text("ours") == "kept");
  CHECK_FALSE(std::filesystem::exists(place.path("nowhere")));
  CHECK(refusal(place.path("to ours"), {.force = true}).empty());
  CHECK(place.text("ours").empty());
}

TEST_CASE("a whole object takes the place of the old one at once, or not at all") {
  const Place place;
  place.file("report");
  const auto only = [&place] {
    const std::filesystem::directory_iterator all(std::filesystem::path(place.path("")));
    return std::distance(begin(all), end(all)) == 1;
  };
  {
    const auto file = Replacement::of(place.path("report"), "the report", {});
    REQUIRE(file);
    CHECK(::write(file->descriptor(), "new", 3) == 3);
    CHECK(place.text("report") == "kept");
    CHECK(only());
  }
  CHECK(place.text("report") == "kept");
  const auto file = Replacement::of(place.path("report"), "the report", {});
  REQUIRE(file);
  CHECK(::write(file->descriptor(), "new", 3) == 3);
  file->publish();
  CHECK(place.text("report") == "new");
  CHECK(only());
}

TEST_CASE("what can't be replaced is written where it stands, and what may not be is refused") {
  const Place place;
  CHECK_FALSE(Replacement::of("/dev/null", "the report", {}));
  CHECK_FALSE(Replacement::of("/no/such/folder/x", "the report", {}));
  const Descriptor nameless(::memfd_create("report", MFD_CLOEXEC));
  const auto link = "/proc/self/fd/" + std::to_string(nameless.get());
  CHECK_FALSE(Replacement::of(link, "the report", {}));
  CHECK_THROWS_WITH(
      Replacement::of(place.file("p.toml"), "the report", {.untouched = {place.path("p.toml")}}),
      Catch::Contains("it is read by this very run"));
}

}  // namespace latesyn::test
