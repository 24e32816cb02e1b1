#pragma once
// One step of the lab's script: what one end does with its sockets, or what the lab waits for. A
// step is done, or is known to wait where it only begins something, before the next one begins.

#include <optional>
#include <string>

#include "proxy/values/flow.hpp"
#include "proxy/values/socket_state.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

enum class StepVerb : std::uint8_t {
  // Of an end.
  listen,
  stop_listening,
  accept,
  connect,
  begin_to_connect,
  finish_connecting,
  send,
  begin_to_send,  // as much as the kernel takes at once
  receive,
  receive_end,
  shut_down,  // writing: a FIN, but still receives
  close,
  reset,   // closes with a RST
  vanish,  // closes without a segment, as a host that lost its memory
  keep_alive,
  reach,  // a state
  // Of the lab.
  wait,
  release,
  departure,
  conversations,
};

struct LabStep {
  std::string text;  // as written
  StepVerb verb = StepVerb::wait;
  Side end = Side::client;  // of the verbs of an end

  std::uint16_t port = 0, from = 0, to = 0;  // zero: the usual one; `from`: any
  std::uint32_t bytes = 0;                   // to send or to receive
  std::uint32_t connection = 0;              // of the end's, from 1; zero: its last
  std::uint32_t backlog = 4096, fast_open = 0, receive_buffer = 0;
  Duration defer{};    // TCP_DEFER_ACCEPT
  bool mptcp = false;  // the socket speaks Multipath TCP (RFC 8684)
  Duration after{}, every{};
  std::uint32_t times = 1;
  Duration time{};                           // to wait
  SocketState state = SocketState::unknown;  // to reach
  std::string rule;                          // whose departure

  /// What it should come to: empty: success; "end", "nothing", or an error's name.
  std::string result;
};

}  // namespace latesyn
