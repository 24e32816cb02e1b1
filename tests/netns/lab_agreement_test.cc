// The kernels do as the virtual world does: every shipped policy comes to what it expects in the
// lab, and its example comes true, over both families.

#include "tests/netns/lab_run.hpp"

namespace latesyn::test {

TEST_CASE("lab: between kernels every shipped policy comes to what it says", "[long]") {
  // So many at the same time that it is soon over, and so few that none is late for the others.
  RunningProgram catalogue(Namespace::current(), {"catalogue", LATESYN_SOURCE "/policies"});
  const int status = catalogue.wait(std::chrono::minutes(5));
  INFO(catalogue.printed() << catalogue.said());
  CHECK(status == 0);
  CHECK(catalogue.printed().find("rfc9293/figure_6.toml") != std::string::npos);
}

}  // namespace latesyn::test
