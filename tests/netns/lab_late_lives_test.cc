// Late SYNs whose client has given up, or whose ports are used again: what the report says, and
// that the event log says the same. And what the ladder shows of segments that no end has sent.

#include <algorithm>
#include <map>
#include <sstream>

#include "tests/netns/lab_run.hpp"

namespace latesyn::test {
namespace {

/// One lab with its event log, over one family.
struct LoggedLab {
  LoggedLab(const std::string& policy, const std::string& family)
      : events(folder.path("events.jsonl")), run({policy, family, "--events", events}) {}

  std::vector<nlohmann::json> log() const {
    std::vector<nlohmann::json> all;
    std::istringstream lines(Folder::text(events));
    for (std::string line; std::getline(lines, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }
  /// How many events of that kind are about something that left for that end.
  std::ptrdiff_t count(const std::string& kind, const std::string& to) const {
    const auto all = log();
    return std::ranges::count_if(all, [&](const nlohmann::json& event) {
      return event.at("event") == kind && event.value("to", "") == to;
    });
  }
  /// The outcome of each late SYN: the event log's last word.
  Rows logged() const {
    std::map<int, std::string> last;
    for (const auto& event : log()) {
      if (event.at("event") == "judged") last[event.at("id")] = event.at("outcome");
    }
    Rows outcomes;
    for (const auto& [id, outcome] : last) outcomes.push_back(outcome);
    return outcomes;
  }

  Folder folder;
  std::string events;
  LabRun run;
};

/// Over both families, at the same time, a policy comes to these outcomes, by report and event log.
void expect_outcomes(const std::string& policy, const Rows& outcomes) {
  LoggedLab v4(policy, "-4"), v6(policy, "-6");
  for (LoggedLab* lab : {&v4, &v6}) {
    INFO(lab->run.json().dump(1));
    CHECK(lab->run.status() == 0);
    CHECK(of_late_syns<std::string>(lab->run.json(), "outcome") == outcomes);
    CHECK(lab->logged() == outcomes);
  }
}

/// A connection from port 40000 that the server closes, and whose SYN comes again into the server's
/// TIME-WAIT; then what `more` says.
std::string into_time_wait(const std::string& rules, const std::string& more) {
  return policy_text(R"([[rule]]
name = "old SYN"
when = { segment = "syn", connection = 1, copy = 1 }
do = "replay"
once = "released"
)" + rules + R"([lab]
steps = ["server listens", "client connects from=40000", "server accepts", "server closes",
  "client receives the end", "client closes", "server reaches TIME-WAIT", )" +
                     more + "]\n");
}

/// Rows of the first flow's ladder that are about a segment with this in it.
Rows rows_with(const nlohmann::json& report, const std::string& part) {
  Rows rows;
  for (const std::string& row : all_rows(report)) {
    if (row.find(part) != row.npos) rows.push_back(row);
  }
  return rows;
}

}  // namespace

TEST_CASE("lab: a SYN whose client has given up is reset by the third message") {
  BothFamilies both({shipped("abandoned_connect.toml")});
  for (LabRun* run : both.runs()) {
    INFO(run->printed() << run->said());
    CHECK(run->status() == 0);
    CHECK(example_rows(run->json()) ==
          Rows{"SYN-SENT --> <SEQ=100><CTL=SYN> ... LISTEN",
               "SYN-SENT --> <SEQ=100><CTL=SYN> XXX LISTEN",
               "CLOSED ... <SEQ=100><CTL=SYN> --> SYN-RECEIVED",
               "CLOSED <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- SYN-RECEIVED",
               "CLOSED --> <SEQ=101><CTL=RST> --> LISTEN"});
    CHECK(of_late_syns<std::string>(run->json(), "outcome") == Rows{"reset"});
  }
}

TEST_CASE("lab: where no answer of a client that has given up is seen, its socket tells") {
  const Folder folder;
  expect_outcomes(folder.write("policy.toml", policy_text(R"([[rule]]
name = "stuck"
when = { segment = "syn", copy = 1 }
do = "hold"
after = "1500ms"
[[rule]]
name = "lost"
when = { segment = "syn-ack" }
do = "drop"
[lab]
watch = "500ms"
steps = ["server listens", "client begins to connect", "wait 200ms", "client closes",
  "departure of stuck"]
)")),
                  {"half-open"});
}

TEST_CASE("lab: a TIME-WAIT that a late SYN has killed stays killed when its port is used again") {
  const Folder folder;
  expect_outcomes(
      folder.write("policy.toml", into_time_wait("", R"("release", "departure of old SYN",
  "client connects from=40000", "server accepts")")),
      {"assassinated"});
}

TEST_CASE("lab: a challenged SYN stays so when the TIME-WAIT goes for another connection") {
  const Folder folder;
  const std::string lost =
      "[[rule]]\nwhen = { segment = \"rst\", direction = \"to-server\" }\ndo = \"drop\"\n";
  expect_outcomes(
      folder.write("policy.toml", into_time_wait(lost, R"("release", "departure of old SYN",
  "wait 1200ms", "client connects from=40000", "server accepts")")),
      {"challenged"});
}

TEST_CASE("lab: a RST for the old connection is not the end of the new one") {
  const Folder folder;
  const std::string rules = R"([[rule]]
name = "on its way"
when = { segment = "syn", connection = 2, copy = 1 }
acts_on = "original"
do = "delay"
by = "50ms"
[[rule]]
name = "after the second is over"
when = { segment = "data", connection = 2, direction = "to-server", copy = 1 }
acts_on = "original"
do = "replay"
once = "closed"
)";
  const std::string policy =
      folder.write("policy.toml", into_time_wait(rules, R"("client begins to connect from=40000",
  "release", "client finishes connecting", "server accepts", "client sends 10",
  "server receives 10", "wait 100ms")"));
  // Linux asks again at once after such a RST, so that the SYN that is on its way comes late, too.
  expect_outcomes(policy, {"assassinated", "challenged"});
  LabRun run({policy});
  CHECK(run.status() == 0);
  // The second connection is still there: the copy of its data has not left.
  CHECK(run.json().at("lab").at("held_at_end") == 1);
}

TEST_CASE("lab: of five copies that leave at once two are confirmed, as Linux does") {
  const Folder folder;
  expect_outcomes(folder.write("policy.toml", policy_text(R"([[rule]]
name = "five"
when = { segment = "syn", copy = 1 }
do = "replay"
once = "released"
count = 5
spacing = "0s"
[lab]
steps = ["server listens", "client connects", "server accepts", "client resets", "release",
  "wait 100ms"]
)")),
                  {"reset", "repeated", "ignored", "ignored", "ignored"});
}

TEST_CASE("lab: copies of a forged segment are in the ladder as it is") {
  const Folder folder;
  const std::string injected = R"([[rule]]
name = "injected"
when = { direction = "to-server", segment = "data", copy = 1 }
do = "forge"
to = "sender"
flags = "RST,ACK"
[[rule]]
acts_on = "forged"
)";
  BothFamilies twice(
      {folder.write("twice.toml", policy_text(injected + "do = \"duplicate\"\ncount = 2\n"))});
  BothFamilies later({folder.write(
      "later.toml",
      policy_text(injected + "do = \"replay\"\nonce = \"arrived\"\nafter = \"300ms\"\n"))});
  const std::string row = "CLOSED <-- <SEQ=301><ACK=111><CTL=RST,ACK> <-P ";
  for (LabRun* run : twice.runs()) {
    CHECK(rows_with(run->json(), "<-P").size() == 3);
    for (const std::string& r : rows_with(run->json(), "<-P")) CHECK(r.starts_with(row));
  }
  for (LabRun* run : later.runs()) {
    CHECK(rows_with(run->json(), "<-P").size() == 2);
    for (const std::string& r : rows_with(run->json(), "<-P")) CHECK(r.starts_with(row));
  }
}

TEST_CASE(
    "lab: a segment that is gone is held by its copy's rule, not by that of what was forged") {
  const Folder folder;
  const std::string when = "when = { direction = \"to-server\", segment = \"data\", copy = 1 }\n";
  BothFamilies both({folder.write("policy.toml", policy_text(R"([[rule]]
name = "slow"
do = "replay"
once = "arrived"
after = "100ms"
)" + when + R"([[rule]]
name = "probe"
acts_on = "original"
do = "forge"
flags = "ACK"
)" + when + R"([[rule]]
name = "probe again"
acts_on = "forged"
do = "replay"
once = "arrived"
after = "300ms"
)" + when + R"([[rule]]
name = "loss"
acts_on = "original"
do = "drop"
)" + when))});
  for (LabRun* run : both.runs()) {
    INFO(run->printed());
    std::vector<std::string> holders;
    for (const auto& row : run->json().at("ladder").at(0).at("rows")) {
      const auto remark = row.at("remark").get<std::string>();
      if (remark.starts_with("held by")) holders.push_back(remark);
    }
    CHECK(holders == Rows{"held by \"slow\""});
  }
}

TEST_CASE("lab: a SYN that is forged three times over is late three times") {
  const Folder folder;
  BothFamilies both({folder.write("policy.toml", policy_text(R"([[rule]]
name = "forged"
when = { direction = "to-server", segment = "data", copy = 1 }
do = "forge"
flags = "SYN"
seq_by = 5000
[[rule]]
name = "again"
acts_on = "forged"
do = "duplicate"
count = 2
[[expect]]
count = 3
[[expect]]
server_counters = { TCPSYNChallenge = 3 }
)"))});
  for (LabRun* run : both.runs()) {
    INFO(run->printed());
    CHECK(run->status() == 0);
    // Linux answers one of them, and then none for half a second.
    CHECK(of_late_syns<std::string>(run->json(), "outcome") ==
          Rows{"challenged", "ignored", "ignored"});
    CHECK(rows_with(run->json(), "P-> <SEQ=5101><CTL=SYN>").size() == 3);
  }
}

TEST_CASE("lab: an ICMP error of latesyn's has a row of its own, and an event") {
  const Folder folder;
  const std::string policy = folder.write("policy.toml", policy_text(R"([[rule]]
name = "late error"
when = { segment = "data", direction = "to-server", copy = 1 }
do = "icmp"
error = "host-unreachable"
after = "300ms"
)"));
  LoggedLab v4(policy, "-4"), v6(policy, "-6");
  for (LoggedLab* lab : {&v4, &v6}) {
    CHECK(lab->run.status() == 0);
    const Rows errors = rows_with(lab->run.json(), "ICMP");
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].find("<-- <ICMP=host-unreachable><SEQ=101><ACK=301><DATA=10><CTL=ACK> <-P") !=
          std::string::npos);
    CHECK(lab->count("icmp", "client") == 1);
    CHECK(lab->count("departed", "client") == 0);
  }
}

TEST_CASE("lab: what answers the client in the server's place is in the ladder, an error too") {
  const Folder folder;
  LabRun run({folder.write("policy.toml", policy_text("handshake = \"unreachable\"\n[lab]\nsteps = "
                                                      "[\"server listens\", \"client connects, "
                                                      "gets EHOSTUNREACH\"]\n"))});
  CHECK(run.status() == 0);
  CHECK(rows_with(run.json(), "ICMP") ==
        Rows{"CLOSED <-- <ICMP=host-unreachable><SEQ=100><CTL=SYN> <-P LISTEN"});
}

}  // namespace latesyn::test
