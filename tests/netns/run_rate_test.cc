// Rules that remember, between real kernels: what a line has no room for and what is lost is
// counted, sent again by the kernel, and arrives. How exact a rate is, `./dev bench` measures.

#include <catch2/catch.hpp>

#include "proxy/lab/kernel_counters.hpp"
#include "tests/netns/accounts.hpp"
#include "tests/netns/bulk.hpp"
#include "tests/netns/router.hpp"

namespace latesyn {
namespace {

constexpr std::uint64_t kBytes = 5'000'000;

struct Upload {
  std::uint64_t intact = 0;
  std::chrono::duration<double> took{};
  std::uint64_t matched = 0, dropped = 0;
  std::int64_t again = 0;  // segments that the client's kernel has sent once more
};

/// An upload while the policy's only rule acts on it.
Upload upload_through(const std::string& rule, Family family) {
  const Router router;
  const auto program = router.run({router.write("p.toml", policy_text("[[rule]]\n" + rule)),
                                   "--json", router.path("report"), "--seed", "1"});
  const auto before = read_counters(router.network().client());
  const auto start = std::chrono::steady_clock::now();
  Upload upload{.intact = latesyn::upload(router, family, kBytes)};
  upload.took = std::chrono::steady_clock::now() - start;
  const auto more = difference(before, read_counters(router.network().client()));
  upload.again = more.at("TcpRetransSegs");
  const auto report = stop(router, *program);
  CHECK(unaccounted(report) == 0);
  CHECK(report["unsent"] == 0);
  CHECK(report["lost"] == 0);
  upload.matched = report["rules"][0]["matched"];
  upload.dropped = report["counters"]["dropped"];
  return upload;
}

}  // namespace

TEST_CASE("what finds a line's queue full is counted, and 5 MB arrive intact, and no sooner") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const auto narrow = upload_through(
      "when = { direction = \"to-server\" }\ndo = \"rate\"\nto = \"100Mbit/s\"\nqueue = "
      "\"5ms\"\nscope = \"direction\"\n",
      family);
  CHECK(narrow.intact == kBytes);
  CHECK(narrow.dropped > 0);
  CHECK(narrow.again >= static_cast<std::int64_t>(narrow.dropped));
  CHECK(narrow.took.count() >= kBytes * 8 / 100e6);
}

TEST_CASE("of the data of 5 MB the share is lost that was asked for, and all arrive intact") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const auto lossy = upload_through(
      "when = { segment = \"data\", direction = \"to-server\" }\ndo = \"loss\"\nshare = 0.05\n",
      family);
  CHECK(lossy.intact == kBytes);
  CHECK(lossy.again >= static_cast<std::int64_t>(lossy.dropped));
  // Five standard deviations: one run in a million is beyond.
  const double expected = 0.05 * static_cast<double>(lossy.matched);
  const double deviation = std::sqrt(expected * 0.95);
  CHECK(lossy.matched > kBytes / 1500);
  CHECK(std::abs(static_cast<double>(lossy.dropped) - expected) < 5 * deviation);
}

}  // namespace latesyn
