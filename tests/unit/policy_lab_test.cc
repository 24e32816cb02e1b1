#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;
using Sysctls = std::map<std::string, std::string>;

std::string lab_error(std::string_view keys) {
  return error_of("about = \"a\"\n[lab]\n" + std::string(keys));
}

LabSettings lab_of(std::string_view keys) {
  return policy_of("about = \"a\"\n[lab]\n" + std::string(keys)).lab;
}

}  // namespace

TEST_CASE("every setting of the lab is read") {
  const LabSettings lab = lab_of(
      "closes = \"client-reset\"\nconnections = 300\nat_once = 30\nwatch = \"5s\"\n"
      "release = \"1500ms\"\nclient_sysctls = { \"net.ipv4.tcp_rfc1337\" = 1 }\n"
      "server_sysctls = { \"net.ipv4.tcp_rmem\" = \"4096 131072 6291456\" }");
  CHECK(lab.closer == Closer::client_reset);
  CHECK(lab.connections == 300);
  CHECK(lab.at_once == 30);
  CHECK(lab.watch == 5s);
  CHECK(lab.release == 1500ms);
  CHECK(lab.client_sysctls == Sysctls{{"net.ipv4.tcp_rfc1337", "1"}});
  CHECK(lab.server_sysctls == Sysctls{{"net.ipv4.tcp_rmem", "4096 131072 6291456"}});
}

TEST_CASE("kernel settings may be named without quotes") {
  CHECK(lab_of("[lab.client_sysctls]\nnet.ipv4.tcp_rfc1337 = 1\nnet.ipv4.tcp_sack = 0")
            .client_sysctls == Sysctls{{"net.ipv4.tcp_rfc1337", "1"}, {"net.ipv4.tcp_sack", "0"}});
}

TEST_CASE("only settings of a network namespace are taken") {
  const auto* const name = GENERATE("kernel.panic", "net", "net.", "net..x", "net.ipv4/../x",
                                    "net.ipv4.TCP", "network.x");
  CHECK(lab_error("client_sysctls = { \"" + std::string(name) + "\" = 1 }")
            .ends_with("\"" + std::string(name) +
                       "\" is no setting of a network namespace; names start with \"net.\", for "
                       "example net.ipv4.tcp_rfc1337"));
}

TEST_CASE("a kernel setting is a number or one line of text") {
  const std::string wanted = "write a whole number, or text of at most 100 characters, one line";
  CHECK(lab_error("server_sysctls = { \"net.x\" = true }") ==
        "p.toml:3:30: \"net.x\" is true; " + wanted);
  CHECK(lab_error("server_sysctls = { \"net.x\" = \"\" }").ends_with(wanted));
  CHECK(lab_error("server_sysctls = { \"net.x\" = \"1\\n2\" }").ends_with(wanted));
  CHECK(lab_error("server_sysctls = 1") ==
        "p.toml:3:18: \"server_sysctls\" is 1; write a table, such as { \"net.ipv4.tcp_rfc1337\" = "
        "1 }");
}

TEST_CASE("who closes is one of three") {
  CHECK(lab_of("closes = \"server\"").closer == Closer::server);
  CHECK(lab_error("closes = \"both\"") ==
        "p.toml:3:10: \"closes\" is \"both\"; one of: client, server, client-reset");
}

TEST_CASE("no more connections at once than there are") {
  CHECK(lab_error("connections = 2\nat_once = 3") ==
        "p.toml:4:11: \"at_once\" is 3; write a whole number from 1 to 2");
  CHECK(lab_error("connections = 0") ==
        "p.toml:3:15: \"connections\" is 0; write a whole number from 1 to 10000");
}

TEST_CASE("a scenario may be about some kernels only") {
  CHECK(lab_of("watch = \"1s\"").kernels == KernelRange{});
  CHECK(lab_of("kernel = \">= 6.13\"").kernels == KernelRange{.from = KernelVersion{6, 13}});
  CHECK(lab_of("kernel = [\"< 6.13\", \">= 6.1\"]").kernels ==
        KernelRange{.from = KernelVersion{6, 1}, .before = KernelVersion{6, 13}});
}

TEST_CASE("the kernels that a scenario is about are bounds that some version keeps") {
  const std::string wanted =
      "; write \">= 6.13\", \"< 6.13\", or a list of both bounds: [\">= 6.1\", \"< 6.13\"]";
  CHECK(lab_error("kernel = 6") == "p.toml:3:10: \"kernel\" is 6" + wanted);
  const auto* const bad = GENERATE("6.13", "> 6.13", ">=6.13", ">= 6", ">= 6.13.1", "", ">= ");
  CHECK(lab_error("kernel = \"" + std::string(bad) + "\"") ==
        "p.toml:3:10: \"kernel\" is \"" + std::string(bad) + "\"" + wanted);
  CHECK(lab_error("kernel = [\">= 6.1\", \">= 6.2\"]") ==
        "p.toml:3:21: \">=\" twice; each bound can be said once");
  CHECK(lab_error("kernel = [\">= 6.2\", \"< 6.2\"]") ==
        "p.toml:3:10: no kernel is Linux >= 6.2 and < 6.2; swap the two");
}

TEST_CASE("an unknown setting of the lab is refused") {
  CHECK(
      lab_error("close = \"client\"") ==
      "p.toml:3:1: unknown key \"close\" in [lab]; did you mean \"closes\"? It is one of: closes, "
      "connections, at_once, watch, steps, release, kernel, client_sysctls, server_sysctls");
}

}  // namespace latesyn::test
