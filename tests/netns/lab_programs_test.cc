// Real programs as the lab's ends.

#include <sys/stat.h>

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

TEST_CASE("lab: exchanges are intact where the user's client says so") {
  const Folder folder;
  const std::string config = folder.write("nginx.conf", nginx_config(folder));
  BothFamilies both({shipped("no_rules.toml"), "--server", "exec nginx -c " + config, "--client",
                     "curl --silent --show-error \"$LATESYN_URL/\""});
  for (LabRun* run : both.runs()) {
    INFO(run->printed() << run->said());
    CHECK(run->status() == 0);
    CHECK_THAT(run->printed(), Catch::Contains("ok    all exchanges are intact\n      found: "
                                               "client: it ended with status 0\n"));
  }
}

TEST_CASE("lab: a client's command that fails fails the run") {
  const Folder folder;
  BothFamilies both(
      {folder.write("policy.toml", policy_text("")), "--client", "echo it broke >&2; exit 7"});
  for (LabRun* run : both.runs()) {
    INFO(run->printed() << run->said());
    CHECK(run->status() == 1);
    CHECK(run->json().at("passed") == false);
    CHECK(run->json().at("client_status") == 7);
    CHECK_THAT(run->said(), Catch::Contains("client: it broke"));
    CHECK_THAT(run->printed(),
               Catch::Contains("FAIL  the client's command ends with status 0\n      found: "
                               "client: it ended with status 7; its last words: it broke\n"));
  }
}

TEST_CASE("lab: a failure that is expected of a client's command is none") {
  const Folder folder;
  LabRun run({folder.write("policy.toml", policy_text("[[expect]]\nclient_status = 7\n")),
              "--client", "exit 7"});
  CHECK(run.status() == 0);
  CHECK(run.json().at("passed") == true);
}

TEST_CASE("lab: a client that is not found fails the run, and it says so") {
  const Folder folder;
  LabRun run({folder.write("policy.toml", policy_text("")), "--client", "no_such_program"});
  CHECK(run.status() == 1);
  CHECK_THAT(run.printed(),
             Catch::Contains("found: client: it ended with status 127: a program of it was not "
                             "found; its last words: /bin/sh: 1: no_such_program: not found\n"));
}

TEST_CASE("lab: a client that hangs until the time is up fails the run") {
  const Folder folder;
  LabRun run({folder.write("policy.toml", policy_text("")), "--client", "exec sleep 1000",
              "--duration", "300ms"});
  CHECK(run.status() == 1);
  CHECK(run.json().at("client_status") == nullptr);
  CHECK_THAT(run.printed(),
             Catch::Contains(
                 "FAIL  the client's command ends with status 0\n      found: client: it still "
                 "ran when the lab ended\nFAIL  the lab comes to its end\n      found: the "
                 "time was up (--duration 300ms): the client still ran\n"));
}

TEST_CASE("lab: a server's command that dies early fails the run") {
  const Folder folder;
  const std::string config = folder.write("nginx.conf", nginx_config(folder));
  const std::string pid = folder.path("shell.pid"), go = folder.path("go");
  REQUIRE(::mkfifo(go.c_str(), 0666) == 0);
  LabRun run({folder.write("policy.toml", policy_text("")), "--server",
              "echo $$ > " + pid + "; nginx -c " + config + " & read -r go < " + go + "; exit 3",
              "--client",
              "curl --silent --show-error \"$LATESYN_URL/\"; echo now > " + go +
                  "; while kill -0 $(cat " + pid + ") 2>/dev/null; do :; done"});
  INFO(run.printed() << run.said());
  CHECK(run.status() == 1);
  CHECK(run.json().at("client_status") == 0);
  CHECK(run.json().at("server_status") == 3);
  CHECK_THAT(run.printed(),
             Catch::Contains("FAIL  the server's command runs to the end of the lab, "
                             "or ends with status 0\n      found: server: it ended "
                             "with status 3"));
}

TEST_CASE("lab: what a command can't tell is said before the lab begins, and not judged") {
  const Folder folder;
  LabRun run({folder.write("policy.toml", policy_text("[[expect]]\naccepted = 1\n")), "--server",
              "exec nginx -c " + folder.write("nginx.conf", nginx_config(folder)), "--client",
              "curl --silent --show-error \"$LATESYN_URL/\""});
  CHECK(run.status() == 0);
  const std::string untold =
      "not judged: [[expect]] 1, \"accepted\": a command is the server, "
      "which does not tell\n";
  CHECK_THAT(run.printed(), Catch::Contains("\n" + untold) && Catch::Contains("--    " + untold));
  CHECK(run.json().at("not_judged").size() == 1);
}

}  // namespace latesyn::test
