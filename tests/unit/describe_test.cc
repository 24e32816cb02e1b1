#include "proxy/describe/describe.hpp"

#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

std::string sentence(std::string_view rule) { return describe(with_rule(rule).rules[0]); }

std::string drop_sentence(std::string_view when) {
  return sentence("do = \"drop\"\nwhen = {" + std::string(when) + "}");
}

}  // namespace

TEST_CASE("a rule is a sentence") {
  CHECK(sentence("name = \"stuck\"\ndo = \"hold\"\nuntil = \"closed\"\nafter = \"2s\"\n"
                 "when = { segment = \"syn\", direction = \"to-server\", copy = 1 }") ==
        "\"stuck\": a SYN from the client, copy 1, is held until 2s after its connection is "
        "closed");
}

TEST_CASE("a rule without conditions is about any segment") {
  CHECK(sentence("do = \"drop\"") == "\"drop 1\": any segment is dropped");
  CHECK(sentence("do = \"drop\"\nlast = true") ==
        "\"drop 1\": any segment is dropped; no later rule sees it");
}

TEST_CASE("several kinds of segments are listed") {
  CHECK(drop_sentence("segment = [\"fin\", \"rst\"]") == "\"drop 1\": a FIN or a RST is dropped");
  CHECK(drop_sentence("segment = [\"syn\", \"syn-ack\", \"handshake-ack\", \"ack\", \"data\"]") ==
        "\"drop 1\": a SYN, a SYN-ACK, a handshake's ACK, an ACK or data is dropped");
}

TEST_CASE("every condition is in the sentence") {
  CHECK(drop_sentence("direction = \"to-client\", connection = 6, every = 3, "
                      "incarnation = \"stale\", flags = \"SYN,ACK NONE\", probability = 0.25") ==
        "\"drop 1\": any segment from the server, of connection 6, of every 3rd connection, of a "
        "stale incarnation, with NONE of SYN,ACK set, with a chance of 25 %, is dropped");
  CHECK(drop_sentence("incarnation = \"current\"") ==
        "\"drop 1\": any segment, of the current incarnation, is dropped");
}

TEST_CASE("every so many is counted as people do") {
  const auto every = [](int n) { return drop_sentence("every = " + std::to_string(n)).substr(32); };
  CHECK(every(1) == "1st connection, is dropped");
  CHECK(every(2) == "2nd connection, is dropped");
  CHECK(every(11) == "11th connection, is dropped");
  CHECK(every(22) == "22nd connection, is dropped");
  CHECK(every(113) == "113th connection, is dropped");
}

TEST_CASE("a policy is described as what it takes in, where, and what it does") {
  const Policy policy = policy_of(
      "about = \"A late SYN.\"\n[traffic]\nservers = [\"10.2.0.2:80\"]\n"
      "[[rule]]\nname = \"stuck\"\nwhen = { segment = \"syn\" }\ndo = \"hold\"\nuntil = "
      "\"closed\"\n"
      "[[expect]]\ncount = 1");
  CHECK(
      describe(policy) ==
      "p.toml: A late SYN.\n"
      "Traffic: clients any; servers 10.2.0.2:80.\n"
      "Taken in: SYN, FIN and RST, and plain ACKs while something is late.\n"
      "Queue: number 9293, all bytes of each packet, segmentation offload on.\n"
      "Firewall, iptables-restore --noflush:\n"
      "  *raw\n"
      "  :LATESYN-9293 - [0:0]\n"
      "  -I PREROUTING 1 -j LATESYN-9293\n"
      "  -A LATESYN-9293 -m mark --mark 0x9293 -j RETURN\n"
      "  -A LATESYN-9293 -p tcp --tcp-flags SYN,FIN,RST,PSH PSH -j RETURN\n"
      "  -A LATESYN-9293 -p tcp --tcp-flags SYN,FIN,RST NONE -m length ! --length 0:120 -j "
      "RETURN\n"
      "  -A LATESYN-9293 -p tcp -d 10.2.0.2/32 --dport 80 --tcp-flags SYN,FIN,RST NONE -j NFQUEUE "
      "--queue-num 42061 --queue-bypass\n"
      "  -A LATESYN-9293 -p tcp -s 10.2.0.2/32 --sport 80 --tcp-flags SYN,FIN,RST NONE -j NFQUEUE "
      "--queue-num 42061 --queue-bypass\n"
      "  -A LATESYN-9293 -p tcp -d 10.2.0.2/32 --dport 80 -j NFQUEUE --queue-num 9293 "
      "--queue-bypass\n"
      "  -A LATESYN-9293 -p tcp -s 10.2.0.2/32 --sport 80 -j NFQUEUE --queue-num 9293 "
      "--queue-bypass\n"
      "  COMMIT\n"
      "Rules:\n"
      "  1 \"stuck\": a SYN is held until its connection is closed\n"
      "Expected:\n"
      "  exactly 1 late SYN\n");
}

TEST_CASE("where connection tracking translates, not all segments are taken in") {
  const auto taken = [](const std::string& translate) {
    const Policy policy = policy_of(
        "about = \"a\"\n[traffic]\nservers = [\"10.2.0.2:80\"]\nhandshake = \"server-first\"\n"
        "translate = \"" +
        translate + "\"");
    return std::string(taken_text(make_plan(policy, kRouter)));
  };
  CHECK(taken("kernel") ==
        "SYN, FIN and RST, and all segments that connection tracking does not translate");
  CHECK(taken("user") == "all segments");
}

TEST_CASE("a policy about some kernels says so") {
  CHECK(describe(policy_of("about = \"a\"\n[lab]\nkernel = \">= 6.13\""))
            .ends_with("In the lab: about Linux >= 6.13; other kernels are not asked.\n"));
}

TEST_CASE("who shifts numbers of joined flows is said, and what their end would be") {
  const auto joined = [](const std::string& translate) {
    const std::string text =
        describe(policy_of("about = \"Test.\"\n[traffic]\nservers = [\"10.0.2.0/24:80\"]\n"
                           "handshake = \"server-first\"\nserver_isn = \"hashed\"\ntranslate = \"" +
                           translate + "\"\n"));
    const std::size_t at = text.find("Joined flows: ");
    return text.substr(at, text.find('\n', at) - at);
  };
  CHECK(
      joined("user") ==
      "Joined flows: their numbers are shifted here; every segment is queued. Those whose halves' "
      "numbers differ die where latesyn is killed.");
  CHECK(joined("kernel") ==
        "Joined flows: their numbers are shifted by connection tracking where it can.");
}

TEST_CASE("a policy without rules says that it leaves everything in the kernel") {
  CHECK(describe(policy_of("about = \"Nothing.\"")) ==
        "p.toml: Nothing.\n"
        "Traffic: clients any; servers any.\n"
        "Taken in: nothing (the policy has no rules).\n"
        "Queue: none; all of the traffic stays in the kernel.\n"
        "Rules: none.\n");
}

TEST_CASE("every impairment and parameter is on the impairments page") {
  const std::string page = describe_impairments();
  for (const ImpairmentKind* kind : impairments()) {
    CAPTURE(kind->name);
    CHECK(page.find(std::string(kind->name) + ": " + std::string(kind->about)) != page.npos);
    for (const Parameter& p : kind->parameters) {
      CHECK(page.find("  " + std::string(p.key) + " (") != page.npos);
      CHECK(page.find(p.about) != page.npos);
    }
  }
}

TEST_CASE("the impairments page gives kinds, defaults and what is required") {
  const std::string page = describe_impairments();
  CHECK(page.find("  by (duration; required)\n") != page.npos);
  CHECK(page.find("  distribution (uniform | normal; default uniform)\n") != page.npos);
  CHECK(page.find("  count (count; default 1)\n") != page.npos);
  CHECK(page.find("  for syn-ack only\n") != page.npos);
}

}  // namespace latesyn::test
