#pragma once
// Everything that the core wants from the world, and everything that it has to say, as values.

#include <variant>
#include <vector>

#include "impair/departure.hpp"
#include "proxy/core/join.hpp"
#include "proxy/core/late_syn.hpp"
#include "proxy/core/stripped.hpp"

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

/// The verdict on a parked packet: accept or replace.
struct Judge {
  std::uint32_t queue_id = 0;  // Incoming::queue_id
  FlowKey flow;
  Verdict verdict = Verdict::accept;
  /// What it is replaced by: its checksums are whole, its hop is still to take.
  Packet packet{};
};

/// What was decided about a segment that came in.
enum class Fate : std::uint8_t {
  passed,    // on its way at once, untouched
  captured,  // it is kept, here or in the kernel's queue; something leaves for it now or later
  dropped,   // nothing leaves
  ended,     // it reached the end of its connection here: latesyn shakes hands itself
};
inline constexpr std::array<std::string_view, 4> kFateNames{"passed", "captured", "dropped",
                                                            "ended"};
constexpr std::string_view name(Fate fate) { return kFateNames[static_cast<std::size_t>(fate)]; }

/// One departure that a decision led to, without its bytes.
struct Planned {
  Side to = Side::server;
  Origin origin = Origin::original;
  Trigger once = Trigger::arrived;
  Duration after{};
  bool changed = false;
  std::optional<Unreachable> icmp = std::nullopt;  // an error about the segment
  /// As in Departed.
  std::string rule{};
  std::vector<std::string> changed_by{};
  bool leaves_at_once() const { return once == Trigger::arrived && after == Duration::zero(); }
  bool operator==(const Planned&) const = default;
};

/// A segment came in and was decided on. `rules` are the names of those that matched, in file
/// order; `rule` is the one that dropped it, put another in its place, lets it wait, or says who
/// shakes hands for it; empty where it goes on at once.
struct Arrived {
  Time at;
  Segment segment;
  Fate fate = Fate::passed;
  std::vector<std::string> rules;
  std::vector<Planned> planned;
  std::string rule{};
};

/// A captured, copied or forged segment left. It follows its Transmit or Judge.
struct Departed {
  Time at;
  Segment segment;
  Side to = Side::server;
  Origin origin = Origin::original;
  std::string rule;      // that made it leave as it does (Credit); empty where it leaves at once
  Time arrived;          // when the packet that it comes of did
  bool at_once = false;  // in the same instant
  bool changed = false;  // by a rule, since it arrived
  Stripped stripped{};   // what a SYN of ours leaves out of the client's
  std::vector<std::string> changed_by{};  // rules that changed its bytes or its time besides
};

/// An ICMP error of ours has left, for the end that sent the segment that it is about. It follows
/// its Transmit.
struct IcmpSent {
  Time at;
  Segment segment;  // that it is about
  Side to = Side::client;
  Unreachable error = Unreachable::host;
  std::string rule;
  Time arrived;  // when the segment did
  bool at_once = false;
  std::vector<std::string> changed_by{};
};

/// Something happened to a connection that departures may wait for.
struct Triggered {
  Time at;
  FlowKey flow;
  std::uint32_t connection = 0;
  Trigger trigger = Trigger::closed;
  std::uint32_t woken = 0;  // departures whose clock started
};

/// More became known about a late SYN; the last one said of an id holds.
struct Judged {
  Time at;
  LateSyn late_syn;
};

/// Somebody released by hand what waited for that.
struct Released {
  Time at;
  std::uint64_t woken = 0;  // departures whose clock started, of all flows
};

/// From here on another policy holds.
struct Reloaded {
  Time at;
  std::string policy;  // the file, as the user named it
};

/// The log, the ladder, the metrics and the report are all made of Notes.
using Note = std::variant<Arrived, Departed, IcmpSent, Triggered, Judged, Released, Reloaded>;

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
