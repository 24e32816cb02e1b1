// What the relay's own messages hold (catalogue section 2; RFC 9293 sections 3.5 and 3.10.7).

#include <algorithm>
#include <array>

#include "proxy/handshake/relay.hpp"
#include "proxy/handshake/stripped.hpp"
#include "proxy/packet/icmp.hpp"

namespace latesyn {
namespace {

TcpView view_of(const Packet& packet) { return std::get<TcpView>(TcpView::over(packet.bytes)); }

/// Both offer it.
SynOptions agreed(const SynOptions& server, const SynOptions& client) {
  return {.mss = server.mss,
          .window_scale = client.window_scale ? server.window_scale : std::nullopt,
          .sack_permitted = server.sack_permitted && client.sack_permitted};
}

std::uint64_t hashed(std::uint64_t key, const Endpoint& endpoint) {
  for (const std::byte b : endpoint.address.bytes()) key = Rng{key, std::to_integer<unsigned>(b)}();
  return Rng{key, endpoint.port}();
}

std::optional<Timestamps> echoing(std::optional<Timestamps> theirs, std::uint32_t value) {
  return theirs ? std::optional(Timestamps{value, theirs->value}) : std::nullopt;
}

}  // namespace

Seq Relay::isn_for(const IsnChoice& choice, Seq other_end, Time now) const {
  if (choice.kind == IsnKind::other_end) return other_end;
  if (choice.kind == IsnKind::fixed) return Seq{choice.value};
  // RFC 6528 section 3: a clock of 4 µs and a keyed hash of the 4-tuple.
  const auto view = view_of(handshake_->client_syn);
  const auto clock = now.time_since_epoch() / std::chrono::microseconds(4);
  const std::uint64_t hash = hashed(hashed(handshake_->secret, view.from()), view.to());
  return Seq{static_cast<std::uint32_t>(hash + static_cast<std::uint64_t>(clock))};
}

/// Milliseconds, as most kernels count, from a start of each 4-tuple's own: a client that uses its
/// port again takes nothing older than what it saw last (RFC 7323 section 5.3).
std::uint32_t Relay::clock_for(Time now) const {
  const auto view = view_of(handshake_->client_syn);
  const auto clock = now.time_since_epoch() / std::chrono::milliseconds(1);
  const std::uint64_t hash = hashed(hashed(~handshake_->secret, view.from()), view.to());
  return static_cast<std::uint32_t>(hash + static_cast<std::uint64_t>(clock));
}

Packet Relay::syn_to_server() {
  Packet packet = handshake_->client_syn;
  TcpEdit edit = TcpEdit::over(packet.bytes);
  for (const StrippedOption& stripped : kStripped) edit.blank_option(stripped.kind);
  if (mode_ == HandshakeMode::client_first) {
    // Window scales can be converted on the way, and are learned by asking; SACK and clocks can't.
    if (!handshake_->profile.options.sack_permitted) edit.blank_option(option::kSackPermitted);
    if (!handshake_->profile.timestamps) edit.blank_option(option::kTimestamps);
  }
  edit.shift_seq(join_.client_seq);
  edit.complete_checksum();
  return packet;
}

/// The server's ISN, as the client knows it.
Seq Relay::isn_at_client() const {
  const bool answers_first = handshake_ && handshake_->our_isn;
  return answers_first ? *handshake_->our_isn : server_isn_ + join_.server_seq;
}

/// What the client takes for the server's clock; none where the two use no timestamps.
std::optional<std::uint32_t> Relay::clock_at_client() const {
  if (handshake_ && handshake_->our_isn) {
    return handshake_->profile.timestamps ? std::optional(handshake_->our_clock) : std::nullopt;
  }
  return server_has_clock_ ? std::optional(server_clock_) : std::nullopt;
}

/// The server's SYN-ACK as if it had not heard of the client's SYN.
Packet Relay::syn_to_client() const {
  const auto client = view_of(handshake_->client_syn), server = view_of(handshake_->server_syn_ack);
  const auto clock = clock_at_client();
  return build({.from = client.to(),
                .to = client.from(),
                .seq = isn_at_client(),
                .flags = {.syn = true},
                .window = server.window(),
                .timestamps = clock ? std::optional(Timestamps{*clock, 0}) : std::nullopt,
                .syn_options = server.syn_options()});
}

Packet Relay::syn_ack(Time now) {
  if (mode_ != HandshakeMode::client_first) {
    Packet packet = handshake_->server_syn_ack;
    TcpEdit edit = TcpEdit::over(packet.bytes);
    cross(join_, Side::server, view_of(handshake_->server_syn_ack), edit);
    edit.complete_checksum();
    return packet;
  }
  const auto client = view_of(handshake_->client_syn);
  if (!handshake_->our_isn) {
    const IsnChoice& asked = handshake_->options.server_isn;
    const IsnChoice hashed{.kind = IsnKind::hashed};
    handshake_->our_isn = isn_for(asked.kind == IsnKind::other_end ? hashed : asked, Seq{}, now);
    handshake_->our_clock = clock_for(now);
  }
  const auto timestamps = handshake_->profile.timestamps ? client.timestamps() : std::nullopt;
  return build({.from = client.to(),
                .to = client.from(),
                .seq = *handshake_->our_isn,
                .ack = client_isn_ + 1,
                .flags = {.syn = true, .ack = true},
                .window = 0,
                .timestamps = echoing(timestamps, handshake_->our_clock),
                .syn_options = agreed(handshake_->profile.options, client.syn_options())});
}

void Relay::agree(Time now) {
  const auto client = view_of(handshake_->client_syn), server = view_of(handshake_->server_syn_ack);
  const SynOptions theirs = server.syn_options(), offer = client.syn_options();
  if (mode_ != HandshakeMode::client_first) {
    join_.server_seq =
        isn_for(handshake_->options.server_isn, server.seq(), now).raw - server.seq().raw;
  } else {
    join_.server_seq = handshake_->our_isn->raw - server.seq().raw;
    if (const auto clock = server.timestamps())
      join_.server_clock = handshake_->our_clock - clock->value;
  }
  const SynOptions told =
      mode_ == HandshakeMode::client_first ? agreed(handshake_->profile.options, offer) : theirs;
  const auto scale = [](bool used, const SynOptions& of) {
    return used ? of.window_scale.value_or(0) : std::uint8_t{0};
  };
  const bool client_scales = told.window_scale && offer.window_scale;
  const bool server_scales = theirs.window_scale && offer.window_scale;
  join_.client_scale = scale(client_scales, offer);
  join_.client_scale_known = scale(server_scales, offer);
  join_.server_scale = scale(server_scales, theirs);
  join_.server_scale_known = scale(client_scales, told);
}

Packet Relay::ack_to_server(const FlowKey& ends) const {
  const bool has_acked = mode_ == HandshakeMode::client_first;
  const std::uint16_t window =
      rescaled(client_window_, has_acked ? join_.client_scale : 0, join_.client_scale_known);
  // The echo must be a value that the server has sent (RFC 7323 section 3.2).
  const Timestamps clock{client_has_clock_ ? client_clock_ : 0, server_clock_};
  return build({.from = ends.client,
                .to = ends.server,
                .seq = client_isn_ + 1 + join_.client_seq,
                .ack = server_isn_ + 1,
                .flags = {.ack = true},
                .window = window,
                .timestamps = server_has_clock_ ? std::optional(clock) : std::nullopt});
}

Packet Relay::ack_to_client(const FlowKey& ends) const {
  const auto clock = clock_at_client();
  const Timestamps timestamps{clock.value_or(0), client_clock_};
  return build(
      {.from = ends.server,
       .to = ends.client,
       .seq = isn_at_client() + 1,
       .ack = client_isn_ + 1,
       .flags = {.ack = true},
       .window = rescaled(server_window_, 0, join_.server_scale_known),
       .timestamps = clock && client_has_clock_ ? std::optional(timestamps) : std::nullopt});
}

// A RST is believed only where its SEQ is the very next (RFC 9293 section 3.10.7.4).
Packet Relay::rst_to_client(const FlowKey& ends) const {
  constexpr auto client = static_cast<std::size_t>(Side::client);
  const bool answered = server_answered_ || (handshake_ && handshake_->our_isn);
  return build({.from = ends.server,
                .to = ends.client,
                .seq = has_acked(Side::client) ? expected_[client]
                       : answered              ? isn_at_client() + 1
                                               : Seq{},
                .ack = client_isn_ + 1,
                .flags = {.rst = true, .ack = true},
                .window = 0});
}

Packet Relay::rst_to_server(const FlowKey& ends) const {
  constexpr auto server = static_cast<std::size_t>(Side::server);
  return build(
      {.from = ends.client,
       .to = ends.server,
       .seq = has_acked(Side::server) ? expected_[server] : client_isn_ + 1 + join_.client_seq,
       .flags = {.rst = true},
       .window = 0});
}

Packet Relay::icmp() const {
  return build_unreachable(handshake_->options.unreachable, handshake_->client_syn);
}

Stripped Relay::stripped() const {
  return handshake_ ? stripped_from(view_of(handshake_->client_syn)) : Stripped{};
}

/// A server tells of an option only where it is asked: of the rest, what was known before stays.
std::optional<ServerProfile> Relay::learned() const {
  const bool both = handshake_ && server_answered_ && !handshake_->client_syn.bytes.empty();
  if (!both) return std::nullopt;
  const auto client = view_of(handshake_->client_syn), server = view_of(handshake_->server_syn_ack);
  const SynOptions theirs = server.syn_options(), offer = client.syn_options();
  const bool all = mode_ != HandshakeMode::client_first;
  ServerProfile profile = handshake_->profile;
  profile.options.mss = theirs.mss;
  if (offer.window_scale) profile.options.window_scale = theirs.window_scale;
  if (offer.sack_permitted && (all || profile.options.sack_permitted)) {
    profile.options.sack_permitted = theirs.sack_permitted;
  }
  if (client.timestamps() && (all || profile.timestamps)) {
    profile.timestamps = server.timestamps().has_value();
  }
  return profile;
}

}  // namespace latesyn
