// What the lab writes beside its report.

#include <array>
#include <sstream>

#include "proxy/process/command.hpp"
#include "tests/netns/lab_run.hpp"

namespace latesyn::test {
namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  return all;
}

}  // namespace

TEST_CASE(
    "lab: a capture has both links, a comment on each packet, and no fault for tshark or tcpdump") {
  const Folder folder;
  const std::array<std::string, 2> files{folder.path("v4.pcapng"), folder.path("v6.pcapng")};
  std::array runs{LabRun({shipped("two_way.toml"), "-4", "--pcap", files[0]}),
                  LabRun({shipped("two_way.toml"), "-6", "--pcap", files[1]})};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    LabRun& run = runs[i];
    const std::string& file = files[i];
    CHECK(run.status() == 0);
    const auto read =
        run_command({"tshark", "-n", "-r", file, "-o", "tcp.check_checksum:TRUE", "-T", "fields",
                     "-E", "separator=|", "-e", "frame.interface_name", "-e", "tcp.checksum.status",
                     "-e", "frame.comment"});
    CHECK(read.status == 0);
    CHECK_THAT(read.error, !Catch::Contains("tshark:"));
    std::size_t client = 0, server = 0, odd = 0;
    for (const std::string& line : lines(read.out)) {
      client += line.starts_with("client|1|") ? 1U : 0U;
      server += line.starts_with("server|1|") ? 1U : 0U;
      odd += line.ends_with('|') || line.find("|1|") == line.npos ? 1U : 0U;
    }
    // The held SYN crosses the client's link early and the server's late; the swallowed SYN-ACK and
    // the forged ACK are on the server's link only.
    const auto packets = run.json().at("counters").at("packets").get<std::size_t>();
    CHECK(client == packets - 1);
    CHECK(server == packets + 1);
    CHECK(odd == 0);
    const auto dump = run_command({"tcpdump", "-n", "-r", file});
    CHECK(dump.status == 0);
    // In front of each line stands its time.
    const auto all = lines(dump.out);
    const std::string family = i == 0 ? " IP 10." : " IP6 fd00:";
    CHECK(all.size() == client + server);
    CHECK(std::ranges::count_if(all, [&](const auto& line) {
            return line.find(family) != line.npos;
          }) == static_cast<std::ptrdiff_t>(all.size()));
    CHECK(dump.error == "reading from file " + file +
                            ", link-type LINUX_SLL (Linux cooked v1), snapshot length 262144\n");
  }
}

TEST_CASE("lab: the event log has every decision") {
  const Folder folder;
  LabRun run({shipped("duplicate_syn.toml"), "--events", folder.path("events.jsonl")});
  CHECK(run.status() == 0);
  std::size_t decided = 0;
  for (const auto& line : lines(folder.read("events.jsonl"))) {
    decided += nlohmann::json::parse(line).at("event") == "arrived" ? 1U : 0U;
  }
  CHECK(decided == run.json().at("counters").at("packets"));
}

TEST_CASE("lab: an output named - is all that the standard output has") {
  RunningProgram program(Namespace::current(), {"lab", shipped("stale_syn.toml"), "--json", "-"});
  CHECK(program.wait(std::chrono::minutes(2)) == 0);
  CHECK(nlohmann::json::parse(program.printed()).at("passed") == true);
  CHECK_THAT(program.said(), Catch::Contains("lab: client ") && Catch::Contains("late SYNs (1 in"));
  CHECK(!std::filesystem::exists("-"));
}

TEST_CASE("lab: two outputs can't both be the standard output") {
  RunningProgram program(Namespace::current(),
                         {"lab", shipped("stale_syn.toml"), "--json", "-", "--events", "-"});
  CHECK(program.wait() == 2);
  CHECK(program.printed().empty());
  CHECK(program.said() ==
        "latesyn: could not write the event log to the standard output (-): another output goes "
        "there; name a file\n");
}

}  // namespace latesyn::test
