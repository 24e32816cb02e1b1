// What is forged is believed by real kernels, in each state that its receiver can be in.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/netns/lab_run.hpp"

namespace latesyn::test {
namespace {

/// What is forged, what the ends do, and what that must come to.
struct Belief {
  std::string rules;
  std::vector<std::string> steps;
  std::string expected{};
  std::string traffic{};
};

std::string policy_of(const Belief& belief) {
  std::vector<std::string> quoted;
  for (const std::string& step : belief.steps) quoted.push_back('"' + step + '"');
  const std::string expected =
      belief.expected.empty() ? "" : "[[expect]]\n" + belief.expected + "\n";
  return fmt::format(
      "about = \"a\"\n[traffic]\nservers = [\"10.2.0.2:8080\", \"[fd00:2::2]:8080\"]\n{}\n{}\n{}"
      "[lab]\nwatch = \"0s\"\nsteps = [{}]\n",
      belief.traffic, belief.rules, expected, fmt::join(quoted, ", "));
}

/// Empty where all comes to what it must between kernels of both families, else what labs printed.
std::string disbelief(const Belief& belief) {
  const Folder folder;
  BothFamilies both({folder.write("policy.toml", policy_of(belief))});
  std::string printed;
  for (LabRun* run : both.runs()) {
    if (run->status() != 0) printed += run->printed() + run->said();
  }
  return printed;
}

std::string rule(const std::string& when, const std::string& does) {
  return fmt::format("[[rule]]\nwhen = {{ {} }}\ndo = {}\n", when, does);
}

const std::vector<std::string> kOpen{"server listens", "client connects", "server accepts"};
std::vector<std::string> opened_and(const std::vector<std::string>& more) {
  std::vector<std::string> steps = kOpen;
  steps.insert(steps.end(), more.begin(), more.end());
  return steps;
}

}  // namespace

TEST_CASE("lab: a client in SYN-SENT believes the RST in the place of its SYN-ACK") {
  const std::vector<std::string> refused{"server listens", "client connects, gets ECONNREFUSED"};
  CHECK(disbelief({rule("segment = \"syn-ack\"", "\"reset\""), refused,
                   "client_final = \"CLOSED\""}) == "");
  CHECK(disbelief({rule("segment = \"syn-ack\"",
                        "\"forge\"\nflags = \"RST,ACK\"\noriginal = \"dropped\""),
                   refused, "client_final = \"CLOSED\""}) == "");
  CHECK(disbelief({rule("segment = \"syn\"", "\"reset\"\nto = \"sender\""), refused,
                   "client_final = \"CLOSED\""}) == "");
}

TEST_CASE("lab: a server in SYN-RECEIVED believes the RST that it gets, and forgets the SYN") {
  const std::string embryonic = "server_counters = { EmbryonicRsts = 1 }";
  CHECK(disbelief({rule("segment = \"syn-ack\", copy = 1", "\"reset\"\nto = \"sender\""),
                   {"server listens", "client begins to connect", "wait 300ms"},
                   embryonic}) == "");
  CHECK(disbelief({rule("segment = \"syn-ack\"", "\"drop\"") +
                       rule("segment = \"syn\", copy = 2", "\"reset\"\nto = \"receiver\""),
                   {"server listens", "client begins to connect", "wait 1300ms"},
                   embryonic}) == "");
}

TEST_CASE("lab: both ends of an established connection believe the RSTs in the place of data") {
  CHECK(disbelief({rule("segment = \"data\", direction = \"to-server\"", "\"reset\""),
                   opened_and({"client sends 10", "client receives 1, gets ECONNRESET",
                               "server receives 1, gets ECONNRESET"}),
                   ""}) == "");
  CHECK(disbelief({rule("segment = \"data\", direction = \"to-client\"",
                        "\"forge\"\noriginal = \"dropped\""),
                   opened_and({"server sends 10", "client receives 1, gets ECONNRESET"}), ""}) ==
        "");
  CHECK(disbelief({rule("segment = \"data\", direction = \"to-client\"", "\"forge\""),
                   opened_and({"server sends 10", "client receives 10",
                               "client receives 1, gets ECONNRESET"}),
                   "client_final = \"CLOSED\""}) == "");
}

TEST_CASE("lab: an end that waits for a FIN believes the RST in its place") {
  CHECK(disbelief({rule("segment = \"fin\"", "\"reset\""),
                   opened_and({"client shuts down", "server receives the end, gets ECONNRESET",
                               "client receives 1, gets ECONNRESET"}),
                   ""}) == "");
}

TEST_CASE("lab: a RST that comes later is believed, whatever was sent since") {
  const std::string lifetime =
      "[[rule]]\nname = \"lifetime\"\nwhen = { segment = \"handshake-ack\" }\ndo = \"forge\"\n"
      "after = \"500ms\"\n";
  CHECK(disbelief({lifetime + "to = \"sender\"\n",
                   opened_and({"server sends 5000", "client receives 5000", "departure of lifetime",
                               "client receives 1, gets ECONNRESET"}),
                   "client_final = \"CLOSED\""}) == "");
  CHECK(disbelief({lifetime,
                   opened_and({"client sends 5000", "server receives 5000", "departure of lifetime",
                               "server receives 1, gets ECONNRESET"}),
                   ""}) == "");
  CHECK(disbelief({"[[rule]]\nname = \"idle\"\nwhen = { segment = \"syn-ack\" }\ndo = \"forge\"\n"
                   "once = \"established\"\nafter = \"500ms\"\n",
                   opened_and({"server sends 100", "client receives 100", "departure of idle",
                               "client receives 1, gets ECONNRESET"}),
                   "client_final = \"CLOSED\""}) == "");
}

TEST_CASE("lab: where latesyn shifts numbers, each end believes a RST all the same") {
  const std::string shifted =
      "handshake = \"server-first\"\nserver_isn = \"hashed\"\nclient_isn = \"hashed\"\n";
  CHECK(disbelief({rule("segment = \"data\", direction = \"to-server\"", "\"reset\""),
                   opened_and({"client sends 10", "client receives 1, gets ECONNRESET",
                               "server receives 1, gets ECONNRESET"}),
                   "", shifted}) == "");
  CHECK(disbelief({"[[rule]]\nname = \"lifetime\"\nwhen = { segment = \"data\", copy = 1, "
                   "direction = \"to-client\" }\ndo = \"forge\"\nafter = \"300ms\"\n",
                   opened_and({"server sends 2000", "client receives 2000", "departure of lifetime",
                               "client receives 1, gets ECONNRESET"}),
                   "", shifted}) == "");
}

TEST_CASE("lab: the copy that waits for the close that its own FIN completes leaves") {
  CHECK(disbelief({"[[rule]]\nname = \"again\"\nwhen = { segment = \"fin\", copy = 1, "
                   "direction = \"to-client\" }\ndo = \"replay\"\nafter = \"100ms\"\n",
                   opened_and({"client shuts down", "server receives the end", "server closes",
                               "departure of again"}),
                   ""}) == "");
}

TEST_CASE("lab: a step waits for the copy of the rule that made it, whatever else changed it") {
  CHECK(disbelief({"[[rule]]\nname = \"stuck\"\nwhen = { segment = \"syn\", copy = 1 }\n"
                   "do = \"replay\"\nafter = \"100ms\"\n[[rule]]\nname = \"ttl\"\n"
                   "when = { direction = \"to-server\" }\ndo = \"rewrite\"\nttl = 9\n",
                   opened_and({"client resets", "departure of stuck"}),
                   "of = \"stuck\"\ncount = 1\nmatched = 1"}) == "");
}

}  // namespace latesyn::test
