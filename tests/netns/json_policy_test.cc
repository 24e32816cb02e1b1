// A policy in JSON, wherever one is taken.

#include <catch2/catch.hpp>
#include <csignal>

#include "proxy/document/document.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/lab_run.hpp"

namespace latesyn {
namespace {

std::string in_json(const std::string& toml) {
  return to_json_text(parse_toml(toml, "policy.toml"));
}

std::string shipped_in_json(const std::string& name) {
  return in_json(Folder::text(LATESYN_SOURCE "/policies/" + name));
}

constexpr std::string_view kClosedAtFirst =
    "[[rule]]\nname = \"closed\"\nwhen = { segment = \"syn\", copy = 1 }\ndo = \"drop\"\n";

TEST_CASE("A policy in JSON is run, and read again at a reload") {
  const Family family = GENERATE(Family::v4, Family::v6);
  const Router router;
  const Server server(router.network().server(), router.server(family), echo);
  const auto ask_once = [&] {
    return ask(router.network().client(), router.server(family), "hello");
  };
  const std::string rules = in_json(policy_text(std::string(kClosedAtFirst)));
  const auto policy = router.write("p.json", rules);
  const auto program = router.run({policy});
  CHECK(ask_once() == "hello");
  CHECK(program->says("dropped by \"closed\""));
  router.write("p.json", "{\n" + rules);
  program->send(SIGHUP);
  CHECK(program->says("the policy stays as it was: " + policy + ":2:1: syntax error"));
  CHECK(router.chains().size() == 2);
  router.write("p.json", in_json(policy_text("")));
  program->send(SIGHUP);
  CHECK(program->says("reloaded " + policy + ": taking nothing"));
  CHECK(router.chains().empty());
  CHECK(ask_once() == "hello");
}

TEST_CASE("lab: a policy in JSON comes to what it says, and its errors have a place") {
  const Folder folder;
  const std::string policy = folder.write("stale_syn.json", shipped_in_json("stale_syn.toml"));
  BothFamilies both({policy});
  for (LabRun* run : both.runs()) {
    INFO(run->printed() << run->said());
    CHECK(run->status() == 0);
    CHECK(run->json()["policy"] == policy);
  }
  const std::string wrong = folder.write("wrong.json", "{\"about\": \"a\",\n \"rules\": []}");
  LabRun refused({wrong});
  CHECK(refused.status() == 2);
  CHECK(refused.said().find(wrong + ":2:2: unknown key \"rules\"") != std::string::npos);
}

TEST_CASE("A catalogue of a folder plays what is there in JSON, too") {
  const Folder folder;
  folder.write("stale_syn.json", shipped_in_json("stale_syn.toml"));
  folder.write("notes.txt", "no policy");
  RunningProgram catalogue(Namespace::current(), {"catalogue", folder.path("")});
  const int status = catalogue.wait(std::chrono::minutes(2));
  INFO(catalogue.printed() << catalogue.said());
  CHECK(status == 0);
  CHECK(catalogue.printed().find("stale_syn.json") != std::string::npos);
}

}  // namespace
}  // namespace latesyn
