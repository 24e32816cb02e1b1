#include "proxy/core/relay.hpp"

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
  if (view.flags().ack) expected_[static_cast<std::size_t>(from)] = view.ack();
  if (from == Side::client) {
    if (view.flags().syn && client_syn_.bytes.empty()) {
      client_syn_ = copy_of(packet);
      cut_payload(client_syn_);
    }
    client_window_ = view.window();
    if (const auto timestamps = view.timestamps()) client_timestamps_ = timestamps;
  } else if (view.flags().syn && view.flags().ack && server_syn_ack_.bytes.empty()) {
    server_syn_ack_ = copy_of(packet);
  }
}

Treatment Relay::on_segment(Time now, Side from, MutableBytes packet, std::vector<Said>& out) {
  const auto view = std::get<TcpView>(TcpView::over(packet));
  remember(from, view, packet);
  const Stage before = stage_;
  const auto saw = seen(from, view);
  const auto row = saw ? step(options_.mode, stage_, *saw) : std::nullopt;
  if (row) take(*row, now, out);
  // What a server says before its client has answered us is for the client, which keeps its order.
  const bool early = from == Side::server && options_.mode != HandshakeMode::client_first &&
                     (before == Stage::answering || before == Stage::crossing);
  const bool crosses = row ? row->goes_on : early || before == Stage::joined;
  if (!crosses) return Treatment::ended;
  if (join_.same()) return Treatment::pass;
  TcpEdit edit = TcpEdit::over(packet);
  cross(join_, from, view, edit);
  return Treatment::changed;
}

void Relay::on_timeout(Time now, std::vector<Said>& out) {
  const Saw saw = retransmissions_ < kRetransmissionsMax ? Saw::timeout : Saw::given_up;
  const int done = retransmissions_;
  const Stage before = stage_;
  timeout_.reset();
  if (const auto row = step(options_.mode, stage_, saw)) take(*row, now, out);
  if (stage_ != before || saw == Saw::given_up) return;
  retransmissions_ = done + 1;
  timeout_ = now + kFirstTimeout * (1 << retransmissions_);
}

void Relay::take(const HandshakeRow& row, Time now, std::vector<Said>& out) {
  const bool moves = stage_ != row.then;
  if (row.saw == Saw::client_syn && stage_ == Stage::idle) {
    const Seq theirs = client_number(0);
    join_.client_seq = isn_for(options_.client_isn, theirs, now).raw - theirs.raw;
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
        out.push_back({to, ack_to_client()});
        return out.push_back({to, syn_to_client()});
      case Say::ack:
        return out.push_back({to, client ? ack_to_client() : ack_to_server()});
      case Say::rst:
        return out.push_back({to, client ? rst_to_client() : rst_to_server()});
      case Say::rst_and_syn:
        out.push_back({to, rst_to_server()});
        return out.push_back({to, syn_to_server()});
      case Say::icmp:
        return out.push_back({to, icmp()});
    }
  };
  say(Side::server, row.to_server);
  say(Side::client, row.to_client);
  stage_ = row.then;
  if (moves) set_timeout(row, now);
}

/// Only where the table has something to do about it does silence count.
void Relay::set_timeout(const HandshakeRow& row, Time now) {
  retransmissions_ = 0;
  timeout_.reset();
  if (step(options_.mode, row.then, Saw::timeout)) timeout_ = now + kFirstTimeout;
}

}  // namespace latesyn
