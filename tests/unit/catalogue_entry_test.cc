#include "proxy/catalogue/catalogue_entry.hpp"

#include <catch2/catch.hpp>

namespace latesyn::test {
namespace {

CatalogueEntry played(std::string policy, bool passed) {
  return {.policy = std::move(policy),
          .source = "S1",
          .outcome = CatalogueEntry::Outcome{
              .wanted = "reset", .got = passed ? "reset" : "ignored", .passed = passed}};
}

CatalogueEntry not_here(std::string policy) {
  return {.policy = std::move(policy),
          .source = "S1",
          .not_here = "it is about Linux >= 6.13, and this is 6.1.0"};
}

}  // namespace

TEST_CASE("the catalogue counts apart what is not about the kernel that runs") {
  CHECK(to_text({played("a.toml", true), not_here("b.toml"), played("c.toml", false)}) ==
        "scenario  source  family        outcome"
        "                                                           expected\n"
        "a.toml    S1      IPv4    pass  reset"
        "                                                             the same\n"
        "b.toml    S1      IPv4    -     not on this kernel: it is about Linux >= 6.13, and this "
        "is 6.1.0\n"
        "c.toml    S1      IPv4    FAIL  ignored"
        "                                                           reset\n"
        "1 of 2 as expected, 1 not on this kernel\n");
}

TEST_CASE("what is not about the kernel that runs is no failure, and what was not played is one") {
  CHECK(is_as_it_should(played("a.toml", true)));
  CHECK(is_as_it_should(not_here("a.toml")));
  CHECK_FALSE(is_as_it_should(played("a.toml", false)));
  CHECK_FALSE(is_as_it_should({.policy = "a.toml"}));
}

}  // namespace latesyn::test
