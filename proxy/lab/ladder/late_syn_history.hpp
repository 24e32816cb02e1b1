#pragma once
// What the sockets of both hosts say about one late SYN, and how that corrects what was read off
// the wire. A wire shows what was said, a socket what it came to.

#include "proxy/lab/ladder/socket_states.hpp"
#include "proxy/tcp/late_syn.hpp"

namespace latesyn {

class LateSynHistory {
 public:
  /// `before`: the server's socket of the 4-tuple just before the late SYN reached it.
  explicit LateSynHistory(const SocketReading& before) : before_(before) {}

  /// Both ends' sockets of the 4-tuple after it, in order of time.
  void see(Time at, const SocketReading& client, const SocketReading& server);

  /// The server is asked for another connection: what it makes from now on is that one's.
  void succeed() { over_ = over_ || !from_ || until_; }

  /// `wire` with what the sockets know better: how long the server held state, whether there was a
  /// connection that nobody is at the other end of, whether a TIME-WAIT survived. As `wire` where
  /// the sockets say nothing of it.
  LateSyn corrected(LateSyn wire) const;

 private:
  SocketReading before_;
  /// Of the state that the server made for the late SYN.
  std::optional<Time> from_, until_;
  bool established_ = false;
  bool time_wait_gone_ = false;
  bool over_ = false;
};

/// True once nothing more can come of it: it was answered, and the server holds no state for it.
bool is_settled(const LateSyn& late);

/// True where a socket holds state for a connection: neither CLOSED nor LISTEN.
bool holds_state(const SocketReading& reading);

}  // namespace latesyn
