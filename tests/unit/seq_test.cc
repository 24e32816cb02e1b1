#include "proxy/values/seq.hpp"

namespace latesyn::test {

TEST_CASE("sequence numbers go round after 2^32") { CHECK(Seq{0xffffffff} + 2 == Seq{1}); }

TEST_CASE("the distance between sequence numbers has a sign, also across the wrap") {
  CHECK(Seq{5} - Seq{2} == 3);
  CHECK(Seq{2} - Seq{5} == -3);
  CHECK(Seq{1} - Seq{0xffffffff} == 2);
  CHECK(Seq{0xffffffff} - Seq{1} == -2);
}

}  // namespace latesyn::test
