#pragma once
// A router on which latesyn shakes hands itself, and what is the same for all tests of that.

#include <array>
#include <utility>

#include "tests/netns/router.hpp"

namespace latesyn {

/// [traffic] settings. `kShifted`: server-first with ISNs of our own, so that every number differs.
inline constexpr const char* kServerFirst = "handshake = \"server-first\"";
inline constexpr const char* kShifted =
    "handshake = \"server-first\"\nserver_isn = \"hashed\"\nclient_isn = \"hashed\"";
inline constexpr const char* kClientFirst = "handshake = \"client-first\"";
/// What it does not say a client can't have: one without timestamps may not use its port again
/// while that is in TIME-WAIT.
inline constexpr const char* kClientFirstTold =
    "handshake = \"client-first\"\nserver_options = { mss = 1440, window_scale = 7, "
    "sack_permitted = true, timestamps = true }";
inline constexpr const char* kSplit =
    "handshake = \"split\"\nserver_isn = \"hashed\"\nclient_isn = \"hashed\"";
inline constexpr const char* kSimultaneous =
    "handshake = \"simultaneous\"\nserver_isn = \"hashed\"\nclient_isn = \"hashed\"";
inline constexpr const char* kTwoWay = "handshake = \"two-way\"";
/// Those in which a client reaches the server.
inline constexpr std::array kConnectingModes{kServerFirst, kShifted,      kClientFirstTold,
                                             kSplit,       kSimultaneous, kTwoWay};

/// A policy with these [traffic] settings, for the router's server in both families.
std::string mode_text(const std::string& settings, const std::string& rules = "");

/// A router at work, which stops as it should.
class Relaying {
 public:
  explicit Relaying(const std::string& policy, const std::vector<std::string>& arguments = {});

  const Router& router() const { return router_; }
  const Network& network() const { return router_.network(); }
  RunningProgram& program() { return *program_; }
  /// Its report.
  nlohmann::json stop();

 private:
  Router router_;
  std::unique_ptr<RunningProgram> program_;
};

/// Bytes that take longer than any handshake.
inline constexpr std::uint64_t kBulkSize = 100'000'000;

/// Sends so many bytes to the server, which then sends as many back; what arrived unharmed, there
/// and back. The client closes its side in between.
std::pair<std::uint64_t, std::uint64_t> transfer(const Router& router, Family family,
                                                 std::uint64_t size);

}  // namespace latesyn
