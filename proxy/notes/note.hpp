#pragma once
// What the engine says about what it decided. Whoever watches (event log, ladder, capture, report)
// reads these and nothing else.

#include <array>
#include <string>
#include <variant>
#include <vector>

#include "impair/making/departure.hpp"
#include "proxy/handshake/stripped.hpp"
#include "proxy/packet/segment.hpp"
#include "proxy/tcp/late_syn.hpp"

namespace latesyn {

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

/// A departure that waits has come to a rule that remembers, and the rules from there on have
/// decided. It is `planned` for later anew, at once, or not at all: then `rule` has dropped it.
struct Resumed {
  Time at;
  Segment segment;
  Side to = Side::server;
  Origin origin = Origin::original;
  Time arrived;
  std::vector<Planned> planned;  // counts from now
  std::string rule{};
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

/// Somebody released by hand what waited.
struct Released {
  Time at;
  std::uint64_t woken = 0;  // departures that it was about, of all flows
};

/// Somebody has discarded by hand what waited: it does not leave.
struct Discarded {
  Time at;
  Segment segment;
  Side to = Side::server;
  Origin origin = Origin::original;
  std::string rule;  // that let it wait
  Time arrived;      // when the packet that it comes of did
};

/// Somebody has switched a rule off, or on again.
struct Switched {
  Time at;
  std::string rule;
  bool on = false;
};

/// From here on another policy holds.
struct Reloaded {
  Time at;
  std::string policy;  // the file, as the user named it
};

/// The log, the ladder, the metrics and the report are all made of Notes.
using Note = std::variant<Arrived, Departed, Resumed, IcmpSent, Triggered, Judged, Released,
                          Discarded, Switched, Reloaded>;

}  // namespace latesyn
