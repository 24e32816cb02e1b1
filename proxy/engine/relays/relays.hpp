#pragma once
// Whose handshake it is: the relay of each segment, where latesyn shakes hands itself, and when
// relays have to be woken. The relays are kept with their flows.

#include <absl/container/flat_hash_map.h>

#include "proxy/engine/relays/splices.hpp"
#include "proxy/engine/terms/shared_state.hpp"
#include "proxy/waiting/timer_queue.hpp"

namespace latesyn {

class Relays {
 public:
  /// The flows are the table's. `seed`: of the relays' own sequence numbers.
  Relays(FlowTable& flows, Splices& splices, SharedState& shared, std::uint64_t seed)
      : flows_(flows), splices_(splices), shared_(shared), seed_(seed) {}

  /// The relay that a segment leaves through, made where it is the first SYN of its connection as
  /// `settings` say, or what a rule has chosen for it. Null where the ends shake hands themselves,
  /// and for a connection whose beginning was not seen.
  Relay* of(Flow& flow, const Segment& s, const RelayOptions& settings,
            const std::optional<HandshakeChoice>& chosen, Time now, Actions& out);
  /// The segment, which is `packet`, goes through its relay. What is said on that is appended.
  Treatment cross(Flow& flow, Relay& relay, const Segment& segment, MutableBytes packet, Time now,
                  std::vector<Said>& said);

  /// A flow whose relay had something to say by itself.
  struct Woken {
    Flow* flow = nullptr;
    std::vector<Said> said{};
  };
  /// The next one that has waited until `now`; none: there is none.
  std::optional<Woken> wake(Time now);
  std::optional<Time> next() const { return timers_.next(); }

 private:
  Relay* current(Flow& flow, const Segment& s, const RelayOptions& options, Time now, Actions& out);
  Relay* late(Flow& flow, const Segment& s, const RelayOptions& options) const;
  std::unique_ptr<Relay> make(const Flow& flow, const RelayOptions& options) const;
  void forget(Flow& flow, Actions& out);
  void watch(Flow& flow, const Relay& relay);
  void forget_alarm(Flow& flow);

  // Two connections that claim the same ports (heirs.cc).
  std::optional<Relay*> contested(Flow& flow, const Segment& s, Time now, Actions& out);
  Relay* make_heir(Flow& flow, const Segment& syn, const RelayOptions& options, Time now,
                   Actions& out);
  void ask(Flow& flow, Heir& heir, Time now, Actions& out);
  Relay* succeed(Flow& flow, Actions& out);

  FlowTable& flows_;
  Splices& splices_;
  SharedState& shared_;
  std::uint64_t seed_;
  TimerQueue timers_;
  struct Alarm {
    Time at;
    TimerQueue::Handle timer;
  };
  absl::flat_hash_map<std::uint32_t, Alarm> alarms_;  // of flows that have one, by number
};

}  // namespace latesyn
