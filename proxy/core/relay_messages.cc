// What the relay's own messages hold (catalogue section 2; RFC 9293 sections 3.5 and 3.10.7).

#include <algorithm>
#include <array>

#include "proxy/core/relay.hpp"
#include "proxy/core/stripped.hpp"
#include "proxy/values/icmp.hpp"

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
  const auto view = view_of(client_syn_);
  const auto clock = now.time_since_epoch() / std::chrono::microseconds(4);
  const std::uint64_t hash = hashed(hashed(secret_, view.from()), view.to());
  return Seq{static_cast<std::uint32_t>(hash + static_cast<std::uint64_t>(clock))};
}

/// Milliseconds, as most kernels count, from a start of each 4-tuple's own: a client that uses its
/// port again takes nothing older than what it saw last (RFC 7323 section 5.3).
std::uint32_t Relay::clock_for(Time now) const {
  const auto view = view_of(client_syn_);
  const auto clock = now.time_since_epoch() / std::chrono::milliseconds(1);
  const std::uint64_t hash = hashed(hashed(~secret_, view.from()), view.to());
  return static_cast<std::uint32_t>(hash + static_cast<std::uint64_t>(clock));
}

Seq Relay::client_number(std::uint32_t behind_isn) const {
  return view_of(client_syn_).seq() + behind_isn;
}

Packet Relay::syn_to_server() {
  Packet packet = client_syn_;
  TcpEdit edit = TcpEdit::over(packet.bytes);
  for (const StrippedOption& stripped : kStripped) edit.blank_option(stripped.kind);
  if (options_.mode == HandshakeMode::client_first) {
    // Window scales can be converted on the way, and are learned by asking; SACK and clocks can't.
    if (!profile_.options.sack_permitted) edit.blank_option(option::kSackPermitted);
    if (!profile_.timestamps) edit.blank_option(option::kTimestamps);
  }
  edit.shift_seq(join_.client_seq);
  edit.complete_checksum();
  return packet;
}

/// The server's ISN, as the client knows it.
Seq Relay::isn_at_client() const {
  return our_isn_ ? *our_isn_ : view_of(server_syn_ack_).seq() + join_.server_seq;
}

/// What the client takes for the server's clock; none where the two use no timestamps.
std::optional<std::uint32_t> Relay::clock_at_client() const {
  if (our_isn_) return profile_.timestamps ? std::optional(our_clock_) : std::nullopt;
  const auto server = view_of(server_syn_ack_).timestamps();
  return server ? std::optional(server->value) : std::nullopt;
}

/// The server's SYN-ACK as if it had not heard of the client's SYN.
Packet Relay::syn_to_client() const {
  const auto client = view_of(client_syn_), server = view_of(server_syn_ack_);
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
  if (options_.mode != HandshakeMode::client_first) {
    Packet packet = server_syn_ack_;
    TcpEdit edit = TcpEdit::over(packet.bytes);
    cross(join_, Side::server, view_of(server_syn_ack_), edit);
    edit.complete_checksum();
    return packet;
  }
  const auto client = view_of(client_syn_);
  if (!our_isn_) {
    our_isn_ =
        isn_for(options_.server_isn.kind == IsnKind::other_end ? IsnChoice{.kind = IsnKind::hashed}
                                                               : options_.server_isn,
                Seq{}, now);
    our_clock_ = clock_for(now);
  }
  const auto timestamps = profile_.timestamps ? client.timestamps() : std::nullopt;
  return build({.from = client.to(),
                .to = client.from(),
                .seq = *our_isn_,
                .ack = client_number(1),
                .flags = {.syn = true, .ack = true},
                .window = 0,
                .timestamps = echoing(timestamps, our_clock_),
                .syn_options = agreed(profile_.options, client.syn_options())});
}

void Relay::agree(Time now) {
  const auto client = view_of(client_syn_), server = view_of(server_syn_ack_);
  const SynOptions theirs = server.syn_options(), offer = client.syn_options();
  if (options_.mode != HandshakeMode::client_first) {
    join_.server_seq = isn_for(options_.server_isn, server.seq(), now).raw - server.seq().raw;
  } else {
    join_.server_seq = our_isn_->raw - server.seq().raw;
    if (const auto clock = server.timestamps()) join_.server_clock = our_clock_ - clock->value;
  }
  const SynOptions told =
      options_.mode == HandshakeMode::client_first ? agreed(profile_.options, offer) : theirs;
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

Packet Relay::ack_to_server() const {
  const auto client = view_of(client_syn_), server = view_of(server_syn_ack_);
  const bool has_acked = options_.mode == HandshakeMode::client_first;
  const std::uint16_t window =
      rescaled(client_window_, has_acked ? join_.client_scale : 0, join_.client_scale_known);
  // The echo must be a value that the server has sent (RFC 7323 section 3.2).
  const auto clock = client_timestamps_ ? client_timestamps_->value : 0;
  return build({.from = client.from(),
                .to = client.to(),
                .seq = client_number(1) + join_.client_seq,
                .ack = server.seq() + 1,
                .flags = {.ack = true},
                .window = window,
                .timestamps = echoing(server.timestamps(), clock)});
}

Packet Relay::ack_to_client() const {
  const auto client = view_of(client_syn_), server = view_of(server_syn_ack_);
  const auto clock = clock_at_client();
  return build(
      {.from = client.to(),
       .to = client.from(),
       .seq = isn_at_client() + 1,
       .ack = client_number(1),
       .flags = {.ack = true},
       .window = rescaled(server.window(), 0, join_.server_scale_known),
       .timestamps = echoing(clock ? client_timestamps_ : std::nullopt, clock.value_or(0))});
}

// A RST is believed only where its SEQ is the very next (RFC 9293 section 3.10.7.4).
Packet Relay::rst_to_client() const {
  constexpr auto client_side = static_cast<std::size_t>(Side::client);
  const auto client = view_of(client_syn_);
  const bool answered = our_isn_ || !server_syn_ack_.bytes.empty();
  return build({.from = client.to(),
                .to = client.from(),
                .seq = expected_[client_side].value_or(answered ? isn_at_client() + 1 : Seq{}),
                .ack = client_number(1),
                .flags = {.rst = true, .ack = true},
                .window = 0});
}

Packet Relay::rst_to_server() const {
  const auto client = view_of(client_syn_);
  constexpr auto server_side = static_cast<std::size_t>(Side::server);
  return build({.from = client.from(),
                .to = client.to(),
                .seq = expected_[server_side].value_or(client_number(1) + join_.client_seq),
                .flags = {.rst = true},
                .window = 0});
}

Packet Relay::icmp() const { return build_unreachable(options_.unreachable, client_syn_); }

Stripped Relay::stripped() const { return stripped_from(view_of(client_syn_)); }

/// A server tells of an option only where it is asked: of the rest, what was known before stays.
std::optional<ServerProfile> Relay::learned() const {
  if (server_syn_ack_.bytes.empty()) return std::nullopt;
  const auto client = view_of(client_syn_), server = view_of(server_syn_ack_);
  const SynOptions theirs = server.syn_options(), offer = client.syn_options();
  const bool all = options_.mode != HandshakeMode::client_first;
  ServerProfile profile = profile_;
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
