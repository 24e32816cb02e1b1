// Real programs as the lab's ends.

#include "tests/netns/lab_run.hpp"

namespace latesyn::test {
namespace {

/// nginx as an ordinary user would start it: all that it writes goes to `folder`.
std::string nginx_config(const Folder& folder) {
  std::string text = "daemon off; pid " + folder.path("pid") +
                     "; error_log stderr; events {}\nhttp { access_log off;\n";
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    text += std::string(kind) + "_temp_path " + folder.path(kind) + ";\n";
  }
  return text + "server { listen 8080; listen [::]:8080; return 200 \"hello from nginx\\n\"; } }\n";
}

}  // namespace

TEST_CASE("lab: nginx accepts a ghost when two messages are enough, and serves curl as ever") {
  const Folder folder;
  const std::string config = folder.write("nginx.conf", nginx_config(folder));
  BothFamilies both({shipped("two_way.toml"), "--server", "exec nginx -c " + config, "--client",
                     "curl --silent --show-error \"$LATESYN_URL/\""});
  for (LabRun* run : both.runs()) {
    INFO(run->printed() << run->said());
    CHECK(run->status() == 0);
    CHECK(run->json().at("client_status") == 0);
    CHECK_THAT(run->said(), Catch::Contains("client: hello from nginx"));
    CHECK(of_late_syns<std::string>(run->json(), "outcome") == Rows{"ghost"});
    CHECK(last_states(run->json()) == "CLOSED ESTABLISHED");
    CHECK(run->json().at("example") == nullptr);
  }
}

TEST_CASE("lab: nginx never hears of a late SYN when the handshake has three messages") {
  const Folder folder;
  const std::string config = folder.write("nginx.conf", nginx_config(folder));
  LabRun run({shipped("stale_syn.toml"), "--server", "exec nginx -c " + config, "--client",
              "curl --silent --show-error \"http://$LATESYN_SERVER:$LATESYN_PORT/\""});
  CHECK(run.status() == 0);
  CHECK_THAT(run.said(), Catch::Contains("client: hello from nginx"));
  CHECK(of_late_syns<std::string>(run.json(), "outcome") == Rows{"reset"});
  CHECK(last_states(run.json()) == "CLOSED LISTEN");
}

TEST_CASE("lab: a client's failure is reported") {
  LabRun run({shipped("no_rules.toml"), "--client", "echo it broke >&2; exit 7"});
  CHECK(run.status() == 1);  // the policy expects intact exchanges of the built-in client
  CHECK(run.json().at("client_status") == 7);
  CHECK_THAT(run.said(), Catch::Contains("client: it broke"));
}

}  // namespace latesyn::test
