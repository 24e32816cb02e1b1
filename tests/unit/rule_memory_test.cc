// Who remembers what for whom, within which bounds, and what of it a reload leaves.

#include "proxy/engine/rules/rule_memory.hpp"

#include <fmt/format.h>

#include "tests/unit/ends.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

constexpr std::size_t kMany = 1000;

Policy remembering(std::string_view scope, std::string_view more = "") {
  return with_rule(
      fmt::format("do = \"loss\"\nname = \"a\"\nshare = 0.1\ncorrelation = 0.5\nscope = \"{}\"\n{}",
                  scope, more));
}

FlowKey flow_of(std::string_view client, std::uint16_t port) {
  return {{*IpAddress::parse(client), port}, kServer};
}

/// Whether two packets, each of a flow and to a side, find the same memory.
bool shared(std::string_view scope, const std::pair<FlowKey, Side>& a,
            const std::pair<FlowKey, Side>& b) {
  RuleMemory memory(kMany, kMany);
  memory.use(remembering(scope).rules);
  Flow first(a.first), second(b.first);
  Flow& other = a.first == b.first ? first : second;
  const Memory* const found = memory.of(0, first, a.second);
  REQUIRE(found != nullptr);
  CHECK(memory.of(0, first, a.second) == found);
  return memory.of(0, other, b.second) == found;
}

}  // namespace

TEST_CASE("a scope says whose packets share a memory") {
  const auto one = flow_of("10.1.0.2", 1), same_client = flow_of("10.1.0.2", 2),
             other = flow_of("10.1.0.3", 1);
  const auto row = [&](std::string_view scope) {
    const std::pair to_server{one, Side::server};
    return std::vector<bool>{shared(scope, to_server, {one, Side::client}),
                             shared(scope, to_server, {same_client, Side::server}),
                             shared(scope, to_server, {other, Side::server})};
  };
  using Row = std::vector<bool>;
  CHECK(row("rule") == Row{true, true, true});
  CHECK(row("client") == Row{true, true, false});
  CHECK(row("flow") == Row{true, false, false});
  CHECK(row("direction") == Row{false, false, false});
}

TEST_CASE("a rule that remembers nothing has no memory") {
  RuleMemory memory(kMany, kMany);
  memory.use(with_rule("do = \"drop\"\n").rules);
  Flow flow(flow_of("10.1.0.2", 1));
  CHECK(memory.of(0, flow, Side::server) == nullptr);
  CHECK(memory.full() == 0);
}

TEST_CASE("two rules that say the same remember each for itself") {
  RuleMemory memory(kMany, kMany);
  const std::string rule = "do = \"loss\"\nshare = 0.1\ncorrelation = 0.5\nscope = ";
  for (const char* scope : {"\"rule\"", "\"client\"", "\"flow\"", "\"direction\""}) {
    memory.use(with_rule(rule + scope + "\n[[rule]]\n" + rule + scope).rules);
    Flow flow(flow_of("10.1.0.2", 1));
    CHECK(memory.of(0, flow, Side::server) != memory.of(1, flow, Side::server));
  }
}

TEST_CASE("a reload leaves a rule its memory where name, kind and parameters are the same") {
  for (const char* scope : {"rule", "client", "flow", "direction"}) {
    RuleMemory memory(kMany, kMany);
    memory.use(remembering(scope).rules);
    Flow flow(flow_of("10.1.0.2", 1));
    const Memory* const before = memory.of(0, flow, Side::server);
    // Another rule before it, and other conditions of its own, make no difference.
    const std::string drop = "do = \"drop\"\nwhen = {segment = \"rst\"}\n[[rule]]\n";
    memory.use(with_rule(drop +
                         "do = \"loss\"\nname = \"a\"\nshare = 0.1\ncorrelation = 0.5\n"
                         "scope = \"" +
                         scope + "\"\nwhen = {segment = \"data\"}")
                   .rules);
    CHECK(memory.of(1, flow, Side::server) == before);
    memory.use(with_rule("do = \"loss\"\nname = \"a\"\nshare = 0.1\ncorrelation = 0.6\n"
                         "scope = \"" +
                         std::string(scope) + "\"")
                   .rules);
    Flow fresh(flow_of("10.1.0.9", 9));
    const Memory* const after = memory.of(0, flow, Side::server);
    CHECK(after != nullptr);
    CHECK((scope == std::string("rule") || after != memory.of(0, fresh, Side::server)));
    // What the rule before remembered of this flow is gone.
    if (scope[0] == 'f' || scope[0] == 'd') CHECK(memory.size() == 2);
  }
}

TEST_CASE("memories of flows are bounded, counted, and go with their flows") {
  RuleMemory memory(2, kMany);
  memory.use(remembering("direction").rules);
  {
    Flow flow(flow_of("10.1.0.2", 1)), other(flow_of("10.1.0.2", 2));
    const Memory* const there = memory.of(0, flow, Side::server);
    CHECK(memory.of(0, flow, Side::client) != nullptr);
    CHECK(memory.size() == 2);
    CHECK(memory.of(0, other, Side::server) == nullptr);
    CHECK(memory.full() == 1);
    CHECK(memory.of(0, flow, Side::server) == there);
  }
  CHECK(memory.size() == 0);
  Flow later(flow_of("10.1.0.2", 3));
  CHECK(memory.of(0, later, Side::server) != nullptr);
}

TEST_CASE("of too many clients the one that was not seen for longest is forgotten") {
  RuleMemory memory(kMany, 2);
  memory.use(remembering("client").rules);
  Flow a(flow_of("10.1.0.2", 1)), b(flow_of("10.1.0.3", 1)), c(flow_of("fd00::2", 1));
  const Memory* const of_a = memory.of(0, a, Side::server);
  memory.of(0, b, Side::server);
  CHECK(memory.of(0, a, Side::client) == of_a);
  memory.of(0, c, Side::server);
  CHECK(memory.size() == 2);
  CHECK(memory.clients_forgotten() == 1);
  CHECK(memory.of(0, a, Side::server) == of_a);
  CHECK(memory.clients_forgotten() == 1);
  memory.of(0, b, Side::server);
  CHECK(memory.clients_forgotten() == 2);
}

}  // namespace latesyn::test
