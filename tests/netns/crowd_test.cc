// Many connections through each handshake of our own: none is lost, none waits for a timer, and
// nothing is left of them.

#include <catch2/catch.hpp>
#include <cstdlib>

#include "proxy/lab/sysctls.hpp"
#include "tests/netns/crowd.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn {
namespace {

/// Those given, or as many as LATESYN_TEST_CONNECTIONS says.
unsigned count_of(unsigned otherwise) {
  const char* const count = std::getenv("LATESYN_TEST_CONNECTIONS");
  return count == nullptr ? otherwise : static_cast<unsigned>(std::stoul(count));
}

}  // namespace

TEST_CASE("of thousands of connections, 200 at a time, none is lost and none stalls") {
  const std::string mode = GENERATE(from_range(kConnectingModes));
  INFO(mode);
  const unsigned count = count_of(mode == kClientFirst ? 10'000 : 2'000);
  Relaying relaying(mode_text(mode));
  set_sysctls(relaying.network().server(), {{"net.core.somaxconn", "4096"}});
  const Crowd crowd = send_crowd(relaying.network(), relaying.router().server(), count, 200,
                                 std::chrono::milliseconds(150));
  INFO("the longest took " << crowd.longest.count() << " ms");
  CHECK(crowd.whole == count);
  CHECK(crowd.failed == 0);
  CHECK(crowd.late == 0);
  const auto report = relaying.stop();
  CHECK(report["lost"] == 0);
  CHECK(report["unsent"] == 0);
  CHECK(report["tables"] ==
        nlohmann::json{{"flows", count}, {"open", 0}, {"awaiting", 0}, {"waiting", 0}});
}

}  // namespace latesyn
