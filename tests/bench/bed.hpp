#pragma once
// Where everything is measured: a client's host, a router with the subject on it, a server's host.
// Each measurement gets a bed of its own, so that none finds what another left.

#include <memory>
#include <string>
#include <vector>

#include "proxy/lab/network.hpp"
#include "tests/netns/running_program.hpp"
#include "tests/unit/scratch.hpp"

namespace latesyn::bench {

/// Ports of the server. Each run takes the next, so that no pair of addresses and ports is used
/// twice, and no TIME-WAIT is run into.
inline constexpr std::uint16_t kFirstPort = 8000, kLastPort = 8999;
std::uint16_t next_port();

/// An address of the client's host, of the server's, of the router, and a block of addresses that
/// lead to the client's host but are nobody's: packets to them end there unanswered.
inline constexpr std::string_view kClient = "10.1.0.2", kServer = "10.2.0.2",
                                  kRouter = "169.254.77.1", kNobody = "10.3.0.0";

class Bed {
 public:
  /// Moves the calling thread into the router's namespace. Throws std::runtime_error.
  Bed();

  const Network& network() const { return network_; }
  std::string path(const std::string& name) const { return folder_.path() / name; }
  /// Writes a file, and returns its path.
  std::string write(const std::string& name, const std::string& text) const;

  /// Runs a program on a host to its end and returns what it printed. Throws where it failed.
  std::string run(const Namespace& host, std::vector<std::string> words,
                  std::string_view input = {}) const;
  /// Starts a program on a host; it is killed with what is returned.
  std::unique_ptr<RunningProgram> start(const Namespace& host,
                                        const std::vector<std::string>& words) const;
  /// An HTTP server with an answer of two bytes, and one for iperf3.
  std::unique_ptr<RunningProgram> start_http(std::uint16_t port) const;
  std::unique_ptr<RunningProgram> start_iperf(std::uint16_t port) const;

 private:
  test::Scratch folder_;
  Network network_;
};

/// What has reached a host by its link.
struct Received {
  std::uint64_t bytes = 0, packets = 0;
};
Received received(const Namespace& host);

/// True once something listens at `port` on a host; waits for it.
[[nodiscard]] bool listens(const Namespace& host, std::uint16_t port);

}  // namespace latesyn::bench
