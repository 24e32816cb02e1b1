#pragma once
// What became of one SYN that reached the server late: after another copy of it, after its
// connection was over, or after its client had given up.

#include <array>
#include <string>
#include <vector>

#include "proxy/packet/segment.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

/// In one word, what became of a late SYN.
enum class Outcome : std::uint8_t {
  ignored,       // the server never answered it
  refused,       // the server answered with a RST: nothing listens there
  reset,         // the server confirmed, the client answered with a RST, the server let go: the
                 // three-way handshake did its job
  half_open,     // the server confirmed and has waited since for an answer that does not come
  ghost,         // the server has an established connection that nobody is at the other end of
  challenged,    // the server answered with an ACK of what it has (RFC 5961 section 4)
  repeated,      // the server, still in SYN-RECEIVED for the same SYN, confirmed it once more
  reopened,      // the server left its TIME-WAIT for it (RFC 9293 section 3.6.1)
  assassinated,  // it made a RST end a TIME-WAIT of the server's (RFC 1337)
};
inline constexpr std::array<std::string_view, 9> kOutcomeNames{
    "ignored",    "refused",  "reset",    "half-open",   "ghost",
    "challenged", "repeated", "reopened", "assassinated"};
constexpr std::string_view name(Outcome outcome) {
  return kOutcomeNames[static_cast<std::size_t>(outcome)];
}

/// What one end said about a late SYN: the first segment, and how many times.
struct Answer {
  Flags flags;
  Time at;
  std::uint32_t times = 0;
  bool operator==(const Answer&) const = default;
};

struct LateSyn {
  std::uint32_t id = 0;  // from 1, in the order in which they were known to be late
  std::string rule;      // that made it late
  std::vector<std::string> changed_by{};  // rules that changed it besides
  std::uint32_t connection = 0;
  FlowKey flow;
  Seq isn;
  Time arrived, departed;

  Outcome outcome = Outcome::ignored;
  /// What the server said to it, and what the client said to that, whether or not it got through.
  Answer server_answer, client_answer;
  /// While the server held state for it: from its SYN-ACK until that state was seen gone. `until`
  /// is empty while it is still there.
  std::optional<Time> state_from, state_until;
  /// The server completed the handshake: accept() returned, or can return, a connection.
  bool reached_application = false;
  /// The server took the SYN's data with it, for the application to read at once (RFC 7413).
  bool fast_open = false;

  Duration held() const { return departed - arrived; }
  /// How long the server held state for it, up to `now` where it still does.
  Duration server_state(Time now) const {
    return state_from ? state_until.value_or(now) - *state_from : Duration::zero();
  }
  bool operator==(const LateSyn&) const = default;
};

}  // namespace latesyn
