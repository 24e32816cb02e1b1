#pragma once
// The two handshakes of one connection where latesyn shakes hands itself: it ends the client's,
// begins the server's, and joins the two. What it does is in the table (handshake.hpp); this file
// says what the messages hold.
//
// Each half is a TCP connection with numbers of its own, and latesyn is an end of both. It keeps no
// data: once both handshakes are over, what one half counts from differs from what the other does
// by a constant, for as long as they live (RFC 9293 section 3.4: numbers only ever count on). So
// joining them is to add that constant to SEQ in one direction and to take it from ACK and SACK in
// the other, and no segment needs to be remembered for it; the server's timestamps and the units of
// windows differ in the same way (join.hpp). What would need more than a constant is settled while
// hands are shaken: the client is offered what the server is known to offer, and options that sign
// or count what we change are taken off (stripped.hpp).

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "proxy/handshake/handshake.hpp"
#include "proxy/handshake/join.hpp"
#include "proxy/handshake/stripped.hpp"
#include "proxy/packet/icmp.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "proxy/values/rng.hpp"
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
  std::optional<Unreachable> icmp = std::nullopt;  // that error, and no segment
};

class Relay {
 public:
  /// `secret` keys the hashed ISNs.
  Relay(const RelayOptions& options, const ServerProfile& profile, std::uint64_t secret)
      : handshake_(std::make_unique<Handshake>(options, profile, secret)), mode_(options.mode) {}

  /// A segment on its way from one end to the other. `changed`: its bytes were changed in
  /// place. `ended`: it goes no further. What is said besides is appended to `out`.
  Treatment on_segment(Time now, Side from, MutableBytes packet, std::vector<Said>& out);
  /// Our last message was not answered by `next_timeout`.
  void on_timeout(Time now, std::vector<Said>& out);
  std::optional<Time> next_timeout() const {
    return handshake_ ? handshake_->timeout : std::nullopt;
  }
  /// Once joined: lets go of what only the handshake needs, and learned() and stripped() tell of.
  void settle();

  HandshakeMode mode() const { return mode_; }
  Stage stage() const { return stage_; }
  const Join& join() const { return join_; }
  /// Of the first SYN.
  Seq client_isn() const { return client_isn_; }
  /// True where `ack` acknowledges the SYN-ACK that was said before the server was asked: only who
  /// has got that knows its number.
  bool acknowledged_by(Seq ack) const;
  /// What our SYN leaves out of the client's, which must have come.
  Stripped stripped() const;
  /// What the server's SYN-ACK offered; none before it came.
  std::optional<ServerProfile> learned() const;

 private:
  /// What a joined connection does without.
  struct Handshake {
    Handshake(const RelayOptions& o, const ServerProfile& p, std::uint64_t s)
        : options(o), profile(p), secret(s) {}
    RelayOptions options;
    ServerProfile profile;
    std::uint64_t secret;
    Packet client_syn{}, server_syn_ack{};  // the first of each
    std::optional<Seq> our_isn{};           // towards the client, where we answer before the server
    std::uint32_t our_clock = 0;
    std::optional<Time> timeout{};
    int retransmissions = 0;
  };

  bool has_acked(Side side) const { return (has_acked_ >> static_cast<unsigned>(side) & 1U) != 0; }
  std::optional<Saw> seen(Side from, const TcpView& view) const;
  bool believes(Side from, const TcpView& view) const;
  bool believes_client(const TcpView& view) const;
  bool believes_server(const TcpView& view) const;
  void remember(Side from, const TcpView& view, MutableBytes packet);
  void take(const HandshakeRow& row, const FlowKey& ends, Time now, std::vector<Said>& out);
  void set_timeout(const HandshakeRow& row, Time now);
  void agree(Time now);

  Seq isn_for(const IsnChoice& choice, Seq other_end, Time now) const;
  std::uint32_t clock_for(Time now) const;
  Seq isn_at_client() const;
  std::optional<std::uint32_t> clock_at_client() const;
  Packet syn_to_server();
  Packet syn_to_client() const;
  Packet syn_ack(Time now);
  Packet ack_to_server(const FlowKey& ends) const;
  Packet ack_to_client(const FlowKey& ends) const;
  Packet rst_to_client(const FlowKey& ends) const;
  Packet rst_to_server(const FlowKey& ends) const;
  Packet icmp() const;

  std::unique_ptr<Handshake> handshake_;
  Join join_;
  // Of the first SYN and SYN-ACK.
  Seq client_isn_, server_isn_;
  std::uint16_t server_window_ = 0;
  std::uint16_t client_window_ = 0;  // of the client's last segment
  /// The timestamps of the SYN-ACK and of the client's last segment.
  std::uint32_t server_clock_ = 0, client_clock_ = 0;
  /// What each side acknowledged last: the number that it takes a RST with.
  std::array<Seq, 2> expected_{};
  std::uint8_t has_acked_ = 0;  // a bit for each
  bool server_has_clock_ : 1 = false, client_has_clock_ : 1 = false, server_answered_ : 1 = false;
  HandshakeMode mode_;
  Stage stage_ = Stage::idle;
};

}  // namespace latesyn
