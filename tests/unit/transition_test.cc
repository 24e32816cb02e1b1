#include <catch2/catch.hpp>

#include "proxy/firewall/firewall.hpp"

namespace latesyn::test {
namespace {

const std::string kNewRules =
    "*raw\n:LATESYN-9293 - [0:0]\n-I PREROUTING 1 -j LATESYN-9293\n"
    "-A LATESYN-9293 -p tcp -j NFQUEUE --queue-num 9293 --queue-bypass\nCOMMIT\n";

/// A table with rules of others, and of a run on another queue whose name begins as ours.
const std::string kOthers =
    "*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:LATESYN-929 - [0:0]\n"
    "-A PREROUTING -j LATESYN-929\n-A PREROUTING -s 10.0.0.1/32 -j DROP\n"
    "-A LATESYN-929 -p tcp -j NFQUEUE --queue-num 929 --queue-bypass\nCOMMIT\n";

const std::string kOurs =
    "*raw\n:PREROUTING ACCEPT [0:0]\n:LATESYN-9293 - [0:0]\n"
    "-A PREROUTING -j LATESYN-9293\n-A PREROUTING -j LATESYN-929\n"
    "-A PREROUTING -s 10.0.0.1/32 -j DROP\n"
    "-A LATESYN-9293 -p tcp -j NFQUEUE --queue-num 9293 --queue-bypass\nCOMMIT\n";

TEST_CASE("Rules go as they are into a table that has none of ours") {
  CHECK(transition("", "LATESYN-9293", kNewRules) == kNewRules);
  CHECK(transition(kOthers, "LATESYN-9293", kNewRules) == kNewRules);
}

TEST_CASE("Where nothing of ours is there, there is nothing to remove") {
  CHECK(transition("", "LATESYN-9293", "").empty());
  CHECK(transition(kOthers, "LATESYN-9293", "").empty());
}

TEST_CASE("Our jump and our chain are removed, and nobody else's") {
  CHECK(transition(kOurs, "LATESYN-9293", "") ==
        "*raw\n-D PREROUTING -j LATESYN-9293\n-F LATESYN-9293\n-X LATESYN-9293\nCOMMIT\n");
}

TEST_CASE("New rules take the place of the old ones in one transaction") {
  CHECK(transition(kOurs, "LATESYN-9293", kNewRules) ==
        "*raw\n-D PREROUTING -j LATESYN-9293\n:LATESYN-9293 - [0:0]\n"
        "-I PREROUTING 1 -j LATESYN-9293\n"
        "-A LATESYN-9293 -p tcp -j NFQUEUE --queue-num 9293 --queue-bypass\nCOMMIT\n");
}

TEST_CASE("Each table goes over by itself, and what comes in does so before anything goes") {
  const std::string mangle =
      "# Completed\n*mangle\n:LATESYN-9293 - [0:0]\n-A OUTPUT -p icmp -j LATESYN-9293\nCOMMIT\n";
  const std::string filter = "*filter\n:LATESYN-9293 - [0:0]\nCOMMIT\n";
  CHECK(transition(kOthers + mangle, "LATESYN-9293", kNewRules + filter) ==
        kNewRules + filter +
            "*mangle\n-D OUTPUT -p icmp -j LATESYN-9293\n-F LATESYN-9293\n-X LATESYN-9293\n"
            "COMMIT\n");
}

}  // namespace
}  // namespace latesyn::test
