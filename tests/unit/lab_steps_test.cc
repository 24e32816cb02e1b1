#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;

/// The step's quote opens at 4:10.
std::string with_step(std::string_view step) {
  return "about = \"a\"\n[[rule]]\ndo = \"drop\"\n[lab]\nsteps = [\"" + std::string(step) + "\"]";
}
LabStep step_of(std::string_view step) { return policy_of(with_step(step)).lab.steps.at(0); }
std::string step_error(std::string_view step) { return error_of(with_step(step)); }

}  // namespace

TEST_CASE("a step is an end, a verb and options") {
  const LabStep step =
      step_of("server listens on=80 backlog=4 defer=3s fast_open=16 receive_buffer=2048");
  CHECK(step.text == "server listens on=80 backlog=4 defer=3s fast_open=16 receive_buffer=2048");
  CHECK(step.verb == StepVerb::listen);
  CHECK(step.end == Side::server);
  CHECK(step.port == 80);
  CHECK(step.backlog == 4);
  CHECK(step.defer == 3s);
  CHECK(step.fast_open == 16);
  CHECK(step.receive_buffer == 2048);
  CHECK(step.result.empty());
}

TEST_CASE("every verb of an end is read") {
  const auto [text, verb] = GENERATE(table<std::string, StepVerb>({
      {"stops listening", StepVerb::stop_listening},
      {"accepts", StepVerb::accept},
      {"connects", StepVerb::connect},
      {"begins to connect", StepVerb::begin_to_connect},
      {"finishes connecting", StepVerb::finish_connecting},
      {"sends 10", StepVerb::send},
      {"begins to send 10", StepVerb::begin_to_send},
      {"receives 10", StepVerb::receive},
      {"receives the end", StepVerb::receive_end},
      {"shuts down", StepVerb::shut_down},
      {"closes", StepVerb::close},
      {"resets", StepVerb::reset},
      {"vanishes", StepVerb::vanish},
      {"keeps alive", StepVerb::keep_alive},
      {"reaches FIN-WAIT-2", StepVerb::reach},
  }));
  CHECK(step_of("client " + text).verb == verb);
  CHECK(step_of("client " + text).end == Side::client);
  CHECK(step_of("server " + text).end == Side::server);
}

TEST_CASE("what stands behind a verb is read") {
  CHECK(step_of("client sends 1000 connection=2").bytes == 1000);
  CHECK(step_of("client sends 1000 connection=2").connection == 2);
  CHECK(step_of("server reaches SYN-RECEIVED").state == SocketState::syn_received);
  CHECK(step_of("client connects from=40000 to=81").from == 40000);
  CHECK(step_of("client connects from=40000 to=81").to == 81);
  CHECK(step_of("wait 500ms").time == 500ms);
  CHECK(step_of("release").verb == StepVerb::release);
  CHECK(step_of("conversations").verb == StepVerb::conversations);
  CHECK(step_of("departure of drop 1").rule == "drop 1");
  const LabStep keep = step_of("server keeps alive after=1s every=2s times=3");
  CHECK(keep.after == 1s);
  CHECK(keep.every == 2s);
  CHECK(keep.times == 3);
}

TEST_CASE("a step may say what it comes to") {
  CHECK(step_of("client connects from=40000, gets ECONNREFUSED").result == "ECONNREFUSED");
  CHECK(step_of("server accepts, gets nothing").result == "nothing");
}

TEST_CASE("a step that can't be read is refused at the word that is wrong") {
  CHECK(
      step_error("peer connects") ==
      "p.toml:5:11: \"peer connects\" begins with no end and is nothing that the lab does; begin "
      "with \"client\" or \"server\", or write one of: wait, release, departure of, conversations");
  CHECK(
      step_error("client conects") ==
      "p.toml:5:18: \"conects\" is nothing that an end does; did you mean \"connects\"? It is one "
      "of: listens, stops listening, accepts, connects, begins to connect, finishes connecting, "
      "sends, begins to send, receives the end, receives, shuts down, closes, resets, vanishes, "
      "keeps alive, reaches");
  CHECK(
      step_error("client closes now") ==
      "p.toml:5:25: \"now\" is too much behind \"closes\"; \"closes\" takes only: connection, each "
      "as name=value");
  CHECK(step_error("wait 5") ==
        "p.toml:5:16: \"5\" is no time; write a number and a unit (us, ms, "
        "s, m), 500ms");
  CHECK(step_error("client sends") ==
        "p.toml:5:23: \"\" is not how many bytes; write a whole number "
        "from 1 to 100000000");
  CHECK(step_error("client connects from=0")
            .find("p.toml:5:27: \"0\" is not a port; write a whole "
                  "number from 1 to 65535") == 0);
  CHECK(step_error("release now") ==
        "p.toml:5:19: \"now\" is too much behind \"release\"; leave it out");
  CHECK(step_error("server reaches OPEN").starts_with("p.toml:5:26: \"OPEN\" is no state; "));
  CHECK(step_error("departure of x") ==
        "p.toml:5:24: no rule is called \"x\"; write the name of one");
  CHECK(step_error("client connects, ECONNREFUSED") ==
        "p.toml:5:28: behind the comma stands what it comes to: \", gets ECONNREFUSED\"");
  CHECK(step_error("client connects, gets refused")
            .starts_with("p.toml:5:33: \"refused\" is no result; "));
}

}  // namespace latesyn::test
