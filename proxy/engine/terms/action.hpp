#pragma once
// Everything that the engine wants from the world, and everything that it has to say, as values.

#include <variant>
#include <vector>

#include "proxy/handshake/join.hpp"
#include "proxy/notes/note.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

/// The answer to the kernel about a queued packet.
enum class Verdict : std::uint8_t {
  accept,
  drop,
  replace,  // accept, with other bytes: Engine::replacement()
  park,     // none yet: a Judge has it, among the actions of this call or of a later one
};

/// Sends a packet of our keeping. Its checksums are whole and its hop is taken.
struct Transmit {
  Side to = Side::server;
  Packet packet;
};

/// The verdict on a parked packet: accept, replace or drop.
struct Judge {
  std::uint32_t queue_id = 0;  // Incoming::queue_id
  FlowKey flow;
  Verdict verdict = Verdict::accept;
  /// What it is replaced by: its checksums are whole, its hop is still to take.
  Packet packet{};
};

/// From here on the kernel is to shift the numbers of a flow that is being joined
/// (Engine::offer_splices). Where it can't, nothing is lost: its segments come to us, and are
/// shifted here. `answered`: the client has answered, and the flow's data need not be seen.
struct Splice {
  FlowKey flow;
  Join join;
  bool answered = false;
};
/// Whether the flow's data pass us by: they do once the client has answered, and while no new SYN
/// claims its ports.
struct Bypass {
  FlowKey flow;
  bool passes = true;
};
/// The flow has ended, or is ours again: the kernel forgets it after `linger`.
struct Unsplice {
  FlowKey flow;
  Duration linger{};
};

/// A departure that a rule has made, of a flow that another worker has: it is for that worker's
/// engine to send (Engine::adopt). Its hop is taken.
struct Stray {
  unsigned worker = 0;
  Departure departure;
  /// Its credit: numbers mean nothing to another engine.
  std::string rule;
  std::vector<std::string> changed_by;
  Time arrived;
  bool at_once = false;
};

using Action = std::variant<Transmit, Judge, Note, Splice, Bypass, Unsplice, Stray>;
using Actions = std::vector<Action>;

}  // namespace latesyn
