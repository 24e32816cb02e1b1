// Wireshark finds nothing wrong with what crosses the two links.

#include <catch2/catch.hpp>
#include <csignal>

#include "proxy/process/command.hpp"
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
  /// A line for each packet that Wireshark shows where they meet `filter`. What they carry are
  /// random bytes, which it must not take for HTTP.
  std::string lines(const std::string& filter) const {
    std::vector<std::string> words{"tshark",
                                   "-r",
                                   file_,
                                   "-o",
                                   "tcp.check_checksum:TRUE",
                                   "-o",
                                   "ip.check_checksum:TRUE",
                                   "-d",
                                   "tcp.port==8080,data",
                                   "-Y",
                                   filter,
                                   "-T",
                                   "fields"};
    for (const char* field : {"frame.number", "ip.src", "ipv6.src", "tcp.flags", "tcp.checksum",
                              "tcp.checksum_calculated"}) {
      words.insert(words.end(), {"-e", field});
    }
    const auto shown = run_command(words);
    INFO(shown.error);
    CHECK(shown.ok());
    return shown.out;
  }
  std::size_t count(const std::string& filter) const {
    return static_cast<std::size_t>(std::ranges::count(lines(filter), '\n'));
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

/// Where a host computes a checksum itself and it comes to 0, Linux writes 0xffff, as UDP needs
/// (skb_checksum_help()). It is as good to any receiver; Wireshark finds it bad, one in 65,536.
constexpr const char* kBadChecksum =
    "tcp && !(tcp.checksum.status == \"Good\") && "
    "!(tcp.checksum == 0xffff && tcp.checksum_calculated == 0)";

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
    CHECK(watching->lines("_ws.malformed") == "");
    CHECK(watching->lines(kBadChecksum) == "");
    CHECK(watching->lines("tcp && ip && !(ip.checksum.status == \"Good\")") == "");
  }
}

}  // namespace latesyn
