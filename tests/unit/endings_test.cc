#include "proxy/policy/endings.hpp"

#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

using Texts = std::vector<std::string>;

Texts endings(const LabFacts& facts, const std::string& expected = "") {
  Texts all;
  const Policy policy = policy_of("about = \"a\"\n" + expected);
  for (const Finding& f : judge_endings(policy.expectations, facts)) {
    all.push_back((f.passed ? "ok " : "FAIL ") + f.text + " | " + f.found);
  }
  return all;
}

LabFacts with_client(std::optional<int> status) {
  LabFacts facts;
  facts.client.command = CommandEnd{.status = status};
  return facts;
}

LabFacts with_server(std::optional<int> status) {
  LabFacts facts;
  facts.server.command = CommandEnd{.status = status};
  return facts;
}

}  // namespace

TEST_CASE("a client's command ends with 0 unless something else is expected of it") {
  CHECK(endings({}).empty());
  CHECK(endings(with_client(0)) ==
        Texts{"ok the client's command ends with status 0 | client: it ended with status 0"});
  CHECK(endings(with_client(7)) ==
        Texts{"FAIL the client's command ends with status 0 | client: it ended with status 7"});
  CHECK(endings(with_client(std::nullopt)) ==
        Texts{"FAIL the client's command ends with status 0 | client: it still ran when the lab "
              "ended"});
  CHECK(endings(with_client(7), "[[expect]]\nclient_status = 7\n").empty());
  CHECK(endings(with_client(7), "[[expect]]\nexchanges = \"intact\"\n").empty());
}

TEST_CASE("a server's command may run on or end with 0, and not die early") {
  const std::string wanted =
      "the server's command runs to the end of the lab, or ends with status "
      "0 | server: ";
  CHECK(endings(with_server(std::nullopt)) ==
        Texts{"ok " + wanted + "it still ran when the lab ended"});
  CHECK(endings(with_server(0)) == Texts{"ok " + wanted + "it ended with status 0"});
  CHECK(endings(with_server(139)) ==
        Texts{"FAIL " + wanted + "it ended with status 139: signal 11"});
  CHECK(endings(with_server(139), "[[expect]]\nserver_status = 139\n").empty());
}

TEST_CASE("a lab that was cut off is no success") {
  CHECK(endings({.cut_off = "interrupted"}) ==
        Texts{"FAIL the lab comes to its end | interrupted"});
}

}  // namespace latesyn::test
