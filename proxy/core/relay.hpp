#pragma once
// The two handshakes of one connection where latesyn shakes hands itself: it ends the client's,
// begins the server's, and joins the two. What it does is in the table (handshake.hpp); this file
// says what the messages hold.

#include <array>
#include <optional>
#include <vector>

#include "proxy/core/handshake.hpp"
#include "proxy/core/join.hpp"
#include "proxy/core/stripped.hpp"
#include "proxy/values/icmp.hpp"
#include "proxy/values/rng.hpp"
#include "proxy/values/segment_spec.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

/// What a server is known to offer in its SYN-ACK, for answering in its place.
struct ServerProfile {
  SynOptions options{.mss = 536, .window_scale = {}, .sack_permitted = true};
  bool timestamps = false;
  bool operator==(const ServerProfile&) const = default;
};

/// An initial sequence number of our own choice.
enum class IsnKind : std::uint8_t {
  other_end,  // the one that the other end chose
  hashed,     // RFC 6528: a keyed hash of the 4-tuple, and a clock of 4 µs
  fixed,
};
struct IsnChoice {
  IsnKind kind = IsnKind::other_end;
  std::uint32_t value = 0;
  bool operator==(const IsnChoice&) const = default;
};

struct RelayOptions {
  HandshakeMode mode = HandshakeMode::pass;
  /// What the server sees of the client, and the client of the server.
  IsnChoice client_isn, server_isn;
  Unreachable unreachable = Unreachable::host;
  /// What we offer in the server's place before it has answered anybody.
  ServerProfile profile;
  bool operator==(const RelayOptions&) const = default;
};

/// Bounds of our own retransmission (RFC 6298 section 2: 1 s, doubling).
inline constexpr Duration kFirstTimeout = std::chrono::seconds(1);
inline constexpr int kRetransmissionsMax = 5;

/// What becomes of a segment that reaches the relay.
enum class Treatment : std::uint8_t { pass, changed, ended };

/// A packet of the relay's own.
struct Said {
  Side to;
  Packet packet;
};

class Relay {
 public:
  /// `secret` keys the hashed ISNs.
  Relay(const RelayOptions& options, const ServerProfile& profile, std::uint64_t secret)
      : options_(options), profile_(profile), secret_(secret) {}

  /// A segment on its way from one end to the other. `changed`: its bytes were changed in place and
  /// need a checksum. `ended`: it goes no further. What is said besides is appended to `out`.
  Treatment on_segment(Time now, Side from, MutableBytes packet, std::vector<Said>& out);
  /// Our last message was not answered by `next_timeout`.
  void on_timeout(Time now, std::vector<Said>& out);
  std::optional<Time> next_timeout() const { return timeout_; }

  HandshakeMode mode() const { return options_.mode; }
  Stage stage() const { return stage_; }
  const Join& join() const { return join_; }
  /// What our SYN leaves out of the client's, which must have come.
  Stripped stripped() const;
  /// What the server's SYN-ACK offered; none before it came.
  std::optional<ServerProfile> learned() const;

 private:
  std::optional<Saw> seen(Side from, const TcpView& view) const;
  void remember(Side from, const TcpView& view, MutableBytes packet);
  void take(const HandshakeRow& row, Time now, std::vector<Said>& out);
  void set_timeout(const HandshakeRow& row, Time now);
  void agree(Time now);

  Seq isn_for(const IsnChoice& choice, Seq other_end, Time now) const;
  std::uint32_t clock_for(Time now) const;
  Seq client_number(std::uint32_t behind_isn) const;
  Seq isn_at_client() const;
  std::optional<std::uint32_t> clock_at_client() const;
  Packet syn_to_server();
  Packet syn_to_client() const;
  Packet syn_ack(Time now);
  Packet ack_to_server() const;
  Packet ack_to_client() const;
  Packet rst_to_client() const;
  Packet rst_to_server() const;
  Packet icmp() const;

  RelayOptions options_;
  ServerProfile profile_;
  std::uint64_t secret_;
  Stage stage_ = Stage::idle;
  Join join_;
  Packet client_syn_, server_syn_ack_;
  std::optional<Seq> our_isn_;  // towards the client, where we answered before the server
  std::uint32_t our_clock_ = 0;
  std::optional<Timestamps> client_timestamps_;  // of the client's last segment
  std::uint16_t client_window_ = 0;
  /// What each side acknowledged last: the number that it takes a RST with.
  std::array<std::optional<Seq>, 2> expected_;
  std::optional<Time> timeout_;
  int retransmissions_ = 0;
};

}  // namespace latesyn
