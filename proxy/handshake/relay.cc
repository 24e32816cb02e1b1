#include "proxy/handshake/relay.hpp"

namespace latesyn {
namespace {

Packet copy_of(Bytes bytes) { return {std::vector<std::byte>(bytes.begin(), bytes.end())}; }

}  // namespace

std::optional<Saw> Relay::seen(Side from, const TcpView& view) const {
  const Flags flags = view.flags();
  if (from == Side::client) {
    if (flags.rst) return Saw::client_rst;
    if (flags.syn) return flags.ack ? Saw::client_syn_ack : Saw::client_syn;
    return flags.ack ? std::optional(Saw::client_ack) : std::nullopt;
  }
  if (flags.rst) return Saw::server_rst;
  if (flags.syn) return flags.ack ? Saw::server_syn_ack : Saw::server_syn;
  return flags.ack ? std::optional(Saw::server_ack) : std::nullopt;
}

void Relay::remember(Side from, const TcpView& view, MutableBytes packet) {
  const Flags flags = view.flags();
  const auto timestamps = view.timestamps();
  if (flags.ack) {
    expected_[static_cast<std::size_t>(from)] = view.ack();
    has_acked_ = static_cast<std::uint8_t>(has_acked_ | 1U << static_cast<unsigned>(from));
  }
  if (from == Side::client) {
    if (flags.syn && handshake_ && handshake_->client_syn.bytes.empty()) {
      handshake_->client_syn = copy_of(packet);
      cut_payload(handshake_->client_syn);
      client_isn_ = view.seq();
    }
    client_window_ = view.window();
    if (timestamps) {
      client_has_clock_ = true;
      client_clock_ = timestamps->value;
    }
  } else if (flags.syn && flags.ack && !server_answered_) {
    server_answered_ = true;
    handshake_->server_syn_ack = copy_of(packet);
    cut_payload(handshake_->server_syn_ack);
    server_isn_ = view.seq();
    server_window_ = view.window();
    server_has_clock_ = timestamps.has_value();
    if (timestamps) server_clock_ = timestamps->value;
  }
}

Treatment Relay::on_segment(Time now, Side from, MutableBytes packet, std::vector<Said>& out) {
  const auto view = std::get<TcpView>(TcpView::over(packet));
  const bool believed = believes(from, view);
  if (believed) remember(from, view, packet);
  const Stage before = stage_;
  const auto saw = believed ? seen(from, view) : std::nullopt;
  const auto row = saw ? step(mode_, stage_, *saw) : std::nullopt;
  const bool client = from == Side::client;
  const FlowKey ends = client ? FlowKey{view.from(), view.to()} : FlowKey{view.to(), view.from()};
  if (row) take(*row, ends, now, out);
  // What a server says before its client has answered us is for the client, which keeps its order.
  const bool early = !client && mode_ != HandshakeMode::client_first &&
                     (before == Stage::answering || before == Stage::crossing);
  const bool crosses = row ? row->goes_on : early || before == Stage::joined;
  if (!crosses) return Treatment::ended;
  if (join_.same()) return Treatment::pass;
  TcpEdit edit = TcpEdit::over(packet);
  cross(join_, from, view, edit);
  return Treatment::changed;
}

/// Two-way's table has a way back; and a server whose SYN has crossed ours may tell of itself yet.
void Relay::settle() {
  const bool over = stage_ == Stage::joined && mode_ != HandshakeMode::two_way && server_answered_;
  if (over) handshake_.reset();
}

void Relay::on_timeout(Time now, std::vector<Said>& out) {
  const int done = handshake_->retransmissions;
  const Saw saw = done < kRetransmissionsMax ? Saw::timeout : Saw::given_up;
  const auto syn = std::get<TcpView>(TcpView::over(handshake_->client_syn.bytes));
  const Stage before = stage_;
  handshake_->timeout.reset();
  if (const auto row = step(mode_, stage_, saw)) take(*row, {syn.from(), syn.to()}, now, out);
  if (stage_ != before || saw == Saw::given_up) return;
  handshake_->retransmissions = done + 1;
  handshake_->timeout = now + kFirstTimeout * (1 << handshake_->retransmissions);
}

void Relay::take(const HandshakeRow& row, const FlowKey& ends, Time now, std::vector<Said>& out) {
  const bool moves = stage_ != row.then;
  if (row.saw == Saw::client_syn && stage_ == Stage::idle) {
    const Seq ours = isn_for(handshake_->options.client_isn, client_isn_, now);
    join_.client_seq = ours.raw - client_isn_.raw;
  }
  if (row.saw == Saw::server_syn_ack && stage_ == Stage::asking) agree(now);
  const auto say = [&](Side to, Say what) {
    const bool client = to == Side::client;
    switch (what) {
      case Say::nothing:
        return;
      case Say::syn:
        return out.push_back({to, client ? syn_to_client() : syn_to_server()});
      case Say::syn_ack:
        return out.push_back({to, syn_ack(now)});
      case Say::ack_and_syn:
        out.push_back({to, ack_to_client(ends)});
        return out.push_back({to, syn_to_client()});
      case Say::ack:
        return out.push_back({to, client ? ack_to_client(ends) : ack_to_server(ends)});
      case Say::rst:
        return out.push_back({to, client ? rst_to_client(ends) : rst_to_server(ends)});
      case Say::rst_and_syn:
        out.push_back({to, rst_to_server(ends)});
        return out.push_back({to, syn_to_server()});
      case Say::icmp:
        return out.push_back({to, icmp(), handshake_->options.unreachable});
    }
  };
  say(Side::server, row.to_server);
  say(Side::client, row.to_client);
  stage_ = row.then;
  if (moves) set_timeout(row, now);
}

/// Only where the table has something to do about it does silence count.
void Relay::set_timeout(const HandshakeRow& row, Time now) {
  handshake_->retransmissions = 0;
  handshake_->timeout.reset();
  if (step(mode_, row.then, Saw::timeout)) handshake_->timeout = now + kFirstTimeout;
}

}  // namespace latesyn
