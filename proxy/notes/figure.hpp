#pragma once
// One line of a conversation in the form of RFC 9293's figures. Examples are written in it, and
// `play` and the ladder of the lab print it.
//
//   0.000  A --> <SEQ=100><CTL=SYN> ...                  sent by A, stuck in the network
//   1.000  A --> <SEQ=100><CTL=SYN> --> B                sent by A, received by B
//   1.000  A <-- <SEQ=300><ACK=101><CTL=SYN,ACK> <-- B   sent by B, received by A
//   2.000  ... <SEQ=100><CTL=SYN> --> B                  what was stuck (or a copy) reaches B
//   2.000  XXX <SEQ=301><ACK=101><CTL=ACK> <-- B         sent by B, lost
//   2.000  P --> <SEQ=101><ACK=301><CTL=ACK> --> B       sent by the proxy, received by B
//   2.000  A <-- <ICMP=host-unreachable><SEQ=100><CTL=SYN> <-- P
//                                                        an error of the proxy's about A's SYN
//   3.000  A --> <SEQ=100><CTL=SYN> --> P                sent by A, its way ends at the proxy
//   3.000  release                                       what waits by hand is released
//
// Before the ends may stand the number of the line in the RFC, and beside each end its state; and a
// line may have nothing but states:
//
//   0.000  1. CLOSED LISTEN
//   0.000  2. SYN-SENT A --> <SEQ=100><CTL=SYN> --> B SYN-RECEIVED

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/packet/icmp.hpp"
#include "proxy/packet/segment.hpp"
#include "proxy/values/socket_state.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

/// What a line shows of a segment's way.
enum class Way : std::uint8_t {
  through,   // sent and received
  stuck,     // sent, not received yet: "..." at the far end
  arriving,  // received, sent earlier: "..." at the near end
  lost,      // sent and never received: "XXX"
  forged,    // sent by the proxy, received: "P"
  ended,     // sent to the proxy, which shakes hands itself: "P" at the far end
  release,   // no segment: released by hand
  states,    // no segment: the states that the ends are in
};

struct FigureLine {
  Time at;
  Way way = Way::through;
  Side from = Side::client;  // the end that the segment comes from, or seems to
  std::uint32_t seq = 0, ack = 0;
  Flags flags;  // PSH and URG do not count
  std::uint32_t payload_size = 0;
  /// With Way::forged: an ICMP error about that segment of the other end's, no segment.
  std::optional<Unreachable> icmp = std::nullopt;

  std::string number;  // of the line in the RFC: "2", "5.1"; empty: none
  /// Of both ends, once it happened; unknown: not said.
  SocketState a = SocketState::unknown, b = SocketState::unknown;

  bool operator==(const FigureLine&) const = default;
};

/// Nothing where the text is not such a line.
std::optional<FigureLine> parse_figure_line(std::string_view text);

/// What happens on the wire and by hand: without numbers and states, which only sockets can tell.
std::vector<FigureLine> events_of(const std::vector<FigureLine>& lines);

/// The form that parse_figure_line reads, in columns.
std::string to_text(const FigureLine& line);

/// "<SEQ=100><ACK=301><DATA=5><CTL=ACK>"
std::string segment_text(std::uint32_t seq, std::uint32_t ack, Flags flags,
                         std::uint32_t payload_size);
/// The same of a line, with the error in front where it is about one.
std::string segment_text(const FigureLine& line);

}  // namespace latesyn
