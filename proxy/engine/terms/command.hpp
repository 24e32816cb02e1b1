#pragma once
// How whoever steers a run (signals, keys, the lab's steps) speaks to an engine: what is held, what
// is to be done about it, and how it is answered. An engine of several is asked about its own
// packets only.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proxy/packet/segment.hpp"
#include "proxy/waiting/waiting_store.hpp"

namespace latesyn {

/// Names one departure that waits. It never means another later: the numbers of the store are given
/// out again, but each time with another generation.
struct HeldId {
  std::uint64_t raw = 0;

  static constexpr unsigned kPlaceBits = 24;  // Limits::waiting stays far below
  static constexpr HeldId of(unsigned worker, std::uint32_t generation, std::uint32_t place) {
    return {std::uint64_t{worker} << (32U + kPlaceBits) | std::uint64_t{generation} << kPlaceBits |
            place};
  }
  constexpr unsigned worker() const { return static_cast<unsigned>(raw >> (32U + kPlaceBits)); }
  constexpr std::uint32_t generation() const {
    return static_cast<std::uint32_t>(raw >> kPlaceBits);
  }
  constexpr std::uint32_t place() const {
    return static_cast<std::uint32_t>(raw & ((1U << kPlaceBits) - 1));
  }
  friend constexpr auto operator<=>(const HeldId&, const HeldId&) = default;
};

/// A departure that waits, as whoever steers is told of it.
struct Held {
  HeldId id;
  Segment segment;  // without what only the matching of rules reads of it
  Side to = Side::server;
  Origin origin = Origin::original;
  std::string rule;         // that lets it wait
  Time since;               // when the packet that it comes of arrived
  std::optional<Time> due;  // none: it waits for `once`
  Trigger once = Trigger::arrived;
};

/// Some of what is held, in no order that says anything.
struct HeldPage {
  std::vector<Held> rows;
  /// Where the next page begins, which may be empty; none: there is no more.
  std::optional<HeldId> next;
};

/// Which of the departures that wait a command is about: one, those that a rule lets wait, those of
/// a connection or of a 4-tuple, those that wait to be released by hand, or all.
struct OfRule {
  std::string name;
};
struct OfConnection {
  std::uint32_t number = 0;
};
struct ForHand {};
struct Everything {};
using Selection = std::variant<HeldId, OfRule, OfConnection, FlowKey, ForHand, Everything>;

/// What waits for a trigger waits no longer for that: the count of its `after` starts. What waits
/// for a time leaves now.
struct Release {
  Selection which;
};
/// They never leave.
struct Discard {
  Selection which;
};
/// What waits for a time leaves so much later. What waits for a trigger is left alone.
struct HoldLonger {
  Selection which;
  Duration by{};
};

/// A rule matches nothing that comes from here on, or does again; what it lets wait leaves as it
/// was planned. It stays so over a reload, wherever a rule has that name.
struct SwitchRule {
  std::string rule;
  bool on = false;
};
/// Both ends of a flow's connection get a RST in the other's name, which each of them believes.
struct ResetFlow {
  FlowKey flow;
};

using EngineCommand = std::variant<Release, Discard, HoldLonger, SwitchRule, ResetFlow>;

/// The one that a command is about; null where it is about others, too.
const HeldId* id_of(const EngineCommand& command);

/// Why nothing is done about an id, for whoever can tell without asking an engine.
inline constexpr std::string_view kNotHeld = "it is not held any more";
/// Why nothing is done about a rule.
std::string no_rule(std::string_view name);

/// How a command is answered.
struct Reply {
  std::uint64_t about = 0;  // departures; what had gone by then is not among them
  std::string refusal;      // why nothing could be done; empty where it was
  bool operator==(const Reply&) const = default;
};

/// The answer of all engines that were asked the same: what one of them has done was done.
Reply joined(const Reply& a, const Reply& b);

/// A command on its way through an engine. Half a million may wait, and packets come meanwhile: so
/// it goes a batch at a time, and whoever holds it gives the engine another turn at it until it is
/// done. It is about what waits when it begins.
class Errand {
 public:
  explicit Errand(EngineCommand command) : command_(std::move(command)) {}
  bool done() const { return stage_ == Stage::done; }
  const Reply& reply() const { return reply_; }

 private:
  friend class Errands;
  friend class Engine;
  enum class Stage : std::uint8_t {
    fresh,
    looking,  // for what it is about
    acting,   // on that, in the order in which it arrived
    done,
  };
  struct Found {
    WaitingStore::Order order;
    std::uint32_t generation = 0;
  };

  void refuse(std::string why) {
    reply_.refusal = std::move(why);
    stage_ = Stage::done;
  }

  EngineCommand command_;
  Reply reply_;
  Stage stage_ = Stage::fresh;
  WaitingStore::Order begun_;  // what comes after this came too late
  RuleNumber rule_ = kNoRule;  // of OfRule
  std::uint32_t place_ = 0;    // to look at next
  std::vector<Found> found_;   // a heap
};

}  // namespace latesyn
