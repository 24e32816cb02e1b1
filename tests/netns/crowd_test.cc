// Many connections through each handshake of our own: none is lost, none waits for a timer, and
// nothing is left of them.

#include <catch2/catch.hpp>
#include <cstdlib>

#include "proxy/process/sysctls.hpp"
#include "tests/netns/crowd.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn {
namespace {

/// Many, and how long none of them may take: less than the timer that a lost SYN waits for.
struct Size {
  unsigned count = 2'000;
  std::chrono::milliseconds late_after{900};
};

/// With LATESYN_TEST_CONNECTIONS=10000, on a machine that does nothing else, the real measure.
Size size() {
  const char* const count = std::getenv("LATESYN_TEST_CONNECTIONS");
  if (count == nullptr) return {};
  return {static_cast<unsigned>(std::stoul(count)), std::chrono::milliseconds(150)};
}

}  // namespace

TEST_CASE("of thousands of connections, 200 at a time, none is lost and none stalls", "[speed]") {
  const std::string mode = GENERATE(from_range(kConnectingModes));
  INFO(mode);
  const auto [count, late_after] = size();
  Relaying relaying(mode_text(mode));
  set_sysctls(relaying.network().server(), {{"net.core.somaxconn", "4096"}});
  const Crowd crowd =
      send_crowd(relaying.network(), relaying.router().server(), count, 200, late_after);
  INFO("the longest took " << crowd.longest.count() << " ms");
  CHECK(crowd.whole == count);
  CHECK(crowd.failed == 0);
  CHECK(crowd.late == 0);
  const auto report = relaying.stop();
  CHECK(report["lost"] == 0);
  CHECK(report["unsent"] == 0);
  // Closed flows are remembered for a while; a port that is used again has no flow of its own.
  nlohmann::json tables = report["tables"];
  CHECK(tables["flows"] <= count);
  tables.erase("flows");
  CHECK(tables == nlohmann::json{{"open", 0}, {"awaiting", 0}, {"waiting", 0}, {"memories", 0}});
}

}  // namespace latesyn
