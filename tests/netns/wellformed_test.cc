// Wireshark finds nothing wrong with what crosses the two links.

#include <catch2/catch.hpp>
#include <csignal>

#include "proxy/edge/command.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn {
namespace {

/// What one host sees of its link.
class Watching {
 public:
  Watching(const Namespace& host, std::string file)
      : file_(std::move(file)),
        dumpcap_(host, {"-q", "-i", "eth0", "-s", "0", "-w", file_},
                 {.program = find_program("dumpcap").value()}) {
    INFO(dumpcap_.said());
    REQUIRE(dumpcap_.says("File: "));
  }

  void stop() {
    dumpcap_.send(SIGINT);
    CHECK(dumpcap_.wait() == 0);
  }
  /// How many packets Wireshark shows where they meet `filter`. What they carry are random bytes,
  /// which it must not take for HTTP.
  std::size_t count(const std::string& filter) const {
    const auto shown = run_command({"tshark", "-r", file_, "-o", "tcp.check_checksum:TRUE", "-o",
                                    "ip.check_checksum:TRUE", "-d", "tcp.port==8080,data", "-Y",
                                    filter, "-T", "fields", "-e", "frame.number"});
    INFO(shown.error);
    CHECK(shown.ok());
    return static_cast<std::size_t>(std::ranges::count(shown.out, '\n'));
  }

 private:
  std::string file_;
  RunningProgram dumpcap_;
};

/// Hosts compute checksums themselves, so that those on the links are whole.
void compute_checksums(const Namespace& host) {
  const Inside inside(host);
  CHECK(run_command({"ethtool", "-K", "eth0", "tx", "off"}).ok());
}

}  // namespace

TEST_CASE("tshark finds no malformed segment and no bad checksum on either link") {
  const std::string mode = GENERATE(from_range(kConnectingModes));
  INFO(mode);
  const Relaying relaying(mode_text(mode, R"(
[[rule]]
when = { segment = "data", probability = 0.02 }
do = "drop"
)"));
  const Network& network = relaying.network();
  compute_checksums(network.client());
  compute_checksums(network.server());
  Watching client(network.client(), relaying.router().path("client.pcapng"));
  Watching server(network.server(), relaying.router().path("server.pcapng"));
  constexpr std::uint64_t kFew = 200'000;
  for (const Family family : {Family::v4, Family::v6, Family::v4, Family::v6}) {
    CHECK(transfer(relaying.router(), family, kFew) == std::pair(kFew, kFew));
  }
  for (Watching* watching : {&client, &server}) {
    watching->stop();
    CHECK(watching->count("tcp && ip") > 200);
    CHECK(watching->count("tcp && ipv6") > 200);
    CHECK(watching->count("tcp.options.sack") > 0);
    CHECK(watching->count("_ws.malformed") == 0);
    CHECK(watching->count("tcp && !(tcp.checksum.status == \"Good\")") == 0);
    CHECK(watching->count("tcp && ip && !(ip.checksum.status == \"Good\")") == 0);
  }
}

}  // namespace latesyn
