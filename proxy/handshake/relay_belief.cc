// Which answers to our messages the relay believes: those whose numbers only the end that was asked
// can know (RFC 9293 section 3.10.7, RFC 5961 section 3). Whoever knows no more than addresses and
// ports brings no handshake further, and ends none.

#include "proxy/handshake/relay.hpp"

namespace latesyn {
namespace {

/// Windows of SYNs, which nothing that follows at once is beyond, are not scaled (RFC 7323
/// section 2.2).
constexpr std::uint32_t kFirstWindowMax = 65'535;

}  // namespace

bool Relay::acknowledged_by(Seq ack) const {
  return handshake_ && handshake_->our_isn && ack == *handshake_->our_isn + 1;
}

/// What is no part of a handshake crosses, and its receiver judges it.
bool Relay::believes(Side from, const TcpView& view) const {
  if (mode_ == HandshakeMode::two_way || stage_ == Stage::idle || stage_ == Stage::closed) {
    return true;
  }
  return from == Side::client ? believes_client(view) : believes_server(view);
}

bool Relay::believes_client(const TcpView& view) const {
  const Flags flags = view.flags();
  const bool waits = stage_ == Stage::answering || stage_ == Stage::crossing;
  if (flags.rst) {
    // One that answers a challenge has numbers of the connection that the server still has.
    const bool tells_server = stage_ == Stage::asking && mode_ != HandshakeMode::client_first;
    return tells_server || stage_ == Stage::joined || view.seq() == client_isn_ + 1;
  }
  if (!flags.ack || (!waits && !flags.syn)) return true;
  const std::uint32_t acknowledged = view.ack().raw - isn_at_client().raw;
  const std::uint32_t sent = view.seq().raw - client_isn_.raw;
  const bool follows = flags.syn ? sent == 0 : sent >= 1 && sent <= kWindowMax;
  return follows && acknowledged >= 1 && acknowledged <= kWindowMax;
}

bool Relay::believes_server(const TcpView& view) const {
  const Flags flags = view.flags();
  const bool acks_syn = flags.ack && view.ack() == client_isn_ + 1 + join_.client_seq;
  if (flags.syn) return !flags.ack || acks_syn;
  if (!flags.rst || stage_ == Stage::joined) return true;
  if (stage_ == Stage::asking) return acks_syn;
  const std::uint32_t sent = view.seq().raw - server_isn_.raw;
  return server_answered_ && sent >= 1 && sent <= kFirstWindowMax;
}

}  // namespace latesyn
