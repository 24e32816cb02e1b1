// How our rules stand among those of others, read off what iptables-save writes.

#include <catch2/catch.hpp>

#include "proxy/firewall/firewall.hpp"

namespace latesyn::test {
namespace {

const std::string kMeant =
    "*raw\n:LATESYN-9293 - [0:0]\n-I PREROUTING 1 -j LATESYN-9293\n"
    "-A LATESYN-9293 -m mark --mark 0x9293 -j RETURN\n"
    "-A LATESYN-9293 -p tcp -j NFQUEUE --queue-num 9293 --queue-bypass\nCOMMIT\n";

std::string there(const std::string& jumps, const std::string& rules) {
  return "*raw\n:PREROUTING ACCEPT [0:0]\n:LATESYN-9293 - [0:0]\n" + jumps + rules + "COMMIT\n";
}

const std::string kJump = "-A PREROUTING -j LATESYN-9293\n";
const std::string kRules =
    "-A LATESYN-9293 -m mark --mark 0x9293 -j RETURN\n"
    "-A LATESYN-9293 -p tcp -j NFQUEUE --queue-num 9293 --queue-bypass\n";

bool whole(const std::string& saved) { return standing_in(saved, Hook{}, kMeant).whole; }

}  // namespace

TEST_CASE("Rules that are all there are whole, whatever others have beside them") {
  CHECK(whole(there(kJump, kRules)));
  CHECK(whole(there("-A PREROUTING -s 10.0.0.1/32 -j DROP\n" + kJump, kRules)));
}

TEST_CASE("A chain without its rules, without a jump, or one that is gone is not whole") {
  CHECK_FALSE(whole(there(kJump, "")));
  CHECK_FALSE(whole(there(kJump, kRules.substr(0, kRules.find('\n') + 1))));
  CHECK_FALSE(whole(there("", kRules)));
  CHECK_FALSE(whole(""));
}

TEST_CASE("A jump too many is not as it is meant") {
  CHECK_FALSE(whole(there(kJump + kJump, kRules)));
}

TEST_CASE("A table that is to have nothing of ours, and has, is not as it is meant") {
  CHECK_FALSE(whole(there(kJump, kRules) + "*mangle\n" + kRules + "COMMIT\n"));
}

TEST_CASE("Chains of other runs are known by whether packets come to them before or after ours") {
  const std::string saved =
      there("-A PREROUTING -j LATESYN-7\n" + kJump + "-A PREROUTING -p tcp -j LATESYN-8\n" +
                "-A PREROUTING -j SOMEBODY\n",
            kRules);
  CHECK(standing_in(saved, Hook{}, kMeant) ==
        Standing{.whole = true, .ahead = {"LATESYN-7"}, .behind = {"LATESYN-8"}});
}

TEST_CASE("Chains of other runs are looked for where this one takes its traffic in") {
  constexpr std::array kHooks{HookPoint{"INPUT"}};
  const std::string jump = "-A INPUT -j LATESYN-9293\n";
  const std::string saved = there(
      "-A PREROUTING -j LATESYN-7\n" + jump + "-A INPUT -j LATESYN-8\n-A PREROUTING -j LATESYN-9\n",
      kRules);
  CHECK(standing_in(saved, {.stand = {.traffic = kHooks, .own = {}}}, kMeant) ==
        Standing{.whole = true, .ahead = {}, .behind = {"LATESYN-8"}});
}

}  // namespace latesyn::test
