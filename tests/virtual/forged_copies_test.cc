// Copies of what a rule has forged: no end has sent them, so each is told by its own bytes.

#include "proxy/loader/policy_file.hpp"
#include "proxy/report/play.hpp"

namespace latesyn::test {
namespace {

/// A connection in which the client sends data at 1 s, and what is to come of that.
Policy with_rules(const std::string& rules, const std::string& lines) {
  return parse_policy("about = \"a\"\n" + rules + R"([example]
lines = [
  "0.000 A --> <SEQ=100><CTL=SYN> --> B",
  "0.000 A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B",
  "0.000 A --> <SEQ=101><ACK=301><CTL=ACK> --> B",
  "1.000 A --> <SEQ=101><ACK=301><DATA=10><CTL=ACK> --> B",
)" + lines + "]\n",
                      "p.toml");
}

std::string differs(const std::string& rules, const std::string& lines) {
  const Policy policy = with_rules(rules, lines);
  return difference(policy.example, play(policy, 1).lines);
}

/// A RST for the client in the server's name, because of the data.
constexpr const char* kInjected =
    "[[rule]]\nname = \"injected\"\nwhen = { segment = \"data\" }\ndo = \"forge\"\nto = "
    "\"sender\"\nflags = \"RST,ACK\"\n";
/// The same for the server, a SYN in the client's.
constexpr const char* kForgedSyn =
    "[[rule]]\nname = \"forged\"\nwhen = { segment = \"data\" }\ndo = \"forge\"\nflags = "
    "\"SYN\"\nseq_by = 5000\n";

}  // namespace

TEST_CASE("copies of a forged segment go the way that it goes") {
  const std::string injected = R"("1.000 A <-- <SEQ=301><ACK=111><CTL=RST,ACK> <-- P",)";
  CHECK(differs(std::string(kInjected) +
                    "[[rule]]\nacts_on = \"forged\"\ndo = \"duplicate\"\ncount = 2\n",
                injected + injected + injected) == "");
}

TEST_CASE("a forged segment that comes again later is still none of an end's") {
  CHECK(differs(std::string(kInjected) +
                    "[[rule]]\nacts_on = \"forged\"\ndo = \"replay\"\nonce = \"arrived\"\nafter = "
                    "\"300ms\"\n",
                R"("1.000 A <-- <SEQ=301><ACK=111><CTL=RST,ACK> <-- P",
                   "1.300 A <-- <SEQ=301><ACK=111><CTL=RST,ACK> <-- P",)") == "");
}

TEST_CASE("a copy of a forged segment is one of the copies, and one of what is forged") {
  const std::string twice =
      std::string(kInjected) + "[[rule]]\nacts_on = \"forged\"\ndo = \"duplicate\"\n";
  const std::string once = R"("1.000 A <-- <SEQ=301><ACK=111><CTL=RST,ACK> <-- P",)";
  CHECK(differs(twice + "[[rule]]\nacts_on = \"copy\"\ndo = \"drop\"\n", once) == "");
  CHECK(differs(twice + "[[rule]]\nacts_on = \"forged\"\ndo = \"drop\"\n", "") == "");
}

TEST_CASE("a SYN that is forged three times over is late three times") {
  const Policy policy = with_rules(
      std::string(kForgedSyn) + "[[rule]]\nacts_on = \"forged\"\ndo = \"duplicate\"\ncount = 2\n",
      R"("1.000 P --> <SEQ=5101><CTL=SYN> --> B",
         "1.000 P --> <SEQ=5101><CTL=SYN> --> B",
         "1.000 P --> <SEQ=5101><CTL=SYN> --> B",)");
  const Played played = play(policy, 1);
  CHECK(difference(policy.example, played.lines) == "");
  std::vector<std::uint32_t> isns;
  for (const LateSyn& late : played.late_syns) isns.push_back(late.isn.raw);
  CHECK(isns == std::vector<std::uint32_t>(3, 5101));
}

}  // namespace latesyn::test
