#pragma once
// What the engine keeps between calls; engine.hpp says what the calls do. A packet takes this way:
// decide (which rules match), dispatch (what leaves instead, and when), send or pass, and where
// latesyn shakes hands itself through the relay of its flow.

#include "proxy/engine/beginnings.hpp"
#include "proxy/engine/engine.hpp"
#include "proxy/engine/errands.hpp"
#include "proxy/engine/rules/rule_set.hpp"
#include "proxy/flows/flow_table.hpp"
#include "proxy/intercept/plan.hpp"
#include "proxy/packet/icmp_quote.hpp"
#include "proxy/waiting/timer_queue.hpp"

namespace latesyn {

class Engine::State {
 public:
  State(SharedPolicy p, std::uint64_t s, Limits l, EnginePlace place)
      : rules(std::move(p), s, l.memories, l.clients),
        seed_(s),
        limits_(l),
        place_(std::move(place)),
        flows_(l.flows),
        outbox_(flows_, limits_),
        errands(outbox_, flows_, rules.book(), place_.worker, counters.discarded) {
    look_at_policy();
    plan_replays();
  }

  Verdict on_packet(Time now, const Incoming& packet, Actions& out);
  void on_time(Time now, Actions& out, std::size_t most);
  void adopt(Time now, Stray stray, Actions& out);
  void gave_up(Time now, const FlowKey& key, Actions& out);
  void tell_sender(Packet error, Actions& out);
  void offer_splices(bool offered, Actions& out);
  bool awaits_acks() const { return flows_.attended() != 0; }
  std::optional<Time> next_wakeup() const;
  void use(Time now, SharedPolicy other, Actions& out) {
    rules.use(std::move(other));
    // Of several engines that do the same, one says so.
    if (place_.worker == 0) out.emplace_back(Reloaded{now, policy().file});
    look_at_policy();
  }
  std::size_t waiting() const { return outbox_.size() + replays_.size() - replayed_; }
  std::size_t scheduled() const { return outbox_.scheduled() + replays_.size() - replayed_; }

  Tables tables();

  const Policy& policy() const { return rules.policy(); }

  RuleSet rules;
  Counters counters;
  std::vector<std::byte> replacement;

 private:
  void look_at_policy() {
    parks_ = can_park(policy());
    sees_all_ = place_.sees_all && make_plan(policy()).take == Take::all;
    flows_.see_all(sees_all_);
    if (!rules.asks_for_moments()) beginnings_.forget();
  }
  Flow* flow_of(const TcpView& view, Time now);
  Flow* make_flow(const TcpView& view, Time now);
  Moments moments_of(const Flow& flow, const Segment& segment, const std::optional<Time>& heard,
                     Time now);
  Verdict decide(Flow& flow, const Sight& sight, const Incoming& packet, Actions& out);
  Verdict pass(Flow& flow, Arrived note, const Incoming& packet, Time now, Actions& out,
               const std::optional<HandshakeChoice>& chosen = {});
  bool may_park(const Flow& flow, const std::vector<Matched>& matched, const TcpView& view,
                const Incoming& packet) const;
  static Parked parked_as(const Incoming& packet, const TcpView& view);
  bool has_room(const Flow& flow, const Departures& departures,
                const std::optional<Parked>& parked);
  /// What departures are of.
  struct Cause {
    Segment segment;
    Time arrived;
    bool at_once = false;  // it has arrived in this instant
    std::optional<Parked> parked = std::nullopt;
  };
  void dispatch(Flow& flow, PipelineOutcome outcome, const Cause& cause, Time now, Actions& out);
  PipelineOutcome let_act(std::vector<Matched>& matched, Departure departure,
                          const Crossing& crossing, std::size_t most);
  PipelineOutcome go_on(Flow& flow, const Waiting& waiting, const Pause& pause, Time now);
  void resume(Flow& flow, Waiting waiting, const Pause& pause, Time now, Actions& out);
  Flow* describe(Flow& flow, Waiting& waiting, Time now);
  bool is_ours(const TcpView& view) const;
  std::optional<Stray> stray(Waiting& waiting, bool at_once) const;
  Planned planned(const Departure& departure) const;
  Note departed(const Waiting& waiting, bool at_once, Time now) const;
  void bring_up_to_date(const Flow& flow, Waiting& waiting) const;
  void plan_replays();
  void replay_due(Time now, Actions& out);
  void replay(RuleNumber rule, Packet packet, Time now, Actions& out);
  void send(Flow& cause, Waiting waiting, bool at_once, Time now, Actions& out);
  void depart(Flow& flow, Waiting waiting, bool at_once, Time now, Actions& out);
  void late_or_slow(Flow& flow, const Waiting& waiting, bool is_late, bool at_once, Time now,
                    Actions& out);
  void list_late(Flow& flow, JudgedSyn judged, Time now, Actions& out);
  void watch_slow(Flow& flow, const Segment& segment, Time now, Actions& out);
  static void close_succeeded(JudgedSyns& syns, Time now, Actions& out);
  void judge_late(Flow& flow, const Segment& segment, Time now, Actions& out);
  void sent(Flow& flow, const Segment& segment, Time now, Actions& out);
  void delivered(Flow& flow, const Segment& segment, Time now, Actions& out);
  Verdict on_icmp(const Incoming& packet, Actions& out);
  const Flow* shifted_flow(const std::optional<IcmpQuote>& quote);
  Side shift_back(const Flow& flow, const IcmpQuote& quote, MutableBytes error);
  Relay* relay_of(Flow& flow, const Segment& segment, const std::optional<HandshakeChoice>& chosen,
                  Time now, Actions& out);
  Relay* current_relay(Flow& flow, const Segment& segment, const RelayOptions& options, Time now,
                       Actions& out);
  std::optional<Relay*> contested_relay(Flow& flow, const Segment& segment, Time now, Actions& out);
  Relay* make_heir(Flow& flow, const Segment& syn, const RelayOptions& options, Time now,
                   Actions& out);
  void ask(Flow& flow, Heir& heir, Time now, Actions& out);
  Relay* succeed(Flow& flow, Actions& out);
  void forget_relay(Flow& flow, Actions& out);
  std::unique_ptr<Relay> new_relay(const Flow& flow, const RelayOptions& options) const;
  void splice(Flow& flow, const Relay& relay, const Segment& segment, Time now, Actions& out);
  void unsplice(Flow& flow, Duration linger, Actions& out);
  Verdict send_in_place(Side to, Actions& out);
  Relay* late_relay(Flow& flow, const Segment& segment, const RelayOptions& options);
  Verdict pass_relay(Flow& flow, Relay& relay, Arrived note, const Incoming& packet, Time now,
                     Actions& out);
  Treatment exit(Flow& flow, Relay& relay, const Segment& segment, MutableBytes packet, Time now,
                 std::vector<Said>& said);
  std::optional<std::uint32_t> place_for(const std::vector<Said>& said, const Segment& cause,
                                         const Incoming& packet) const;
  void say(Flow& flow, const Relay& relay, const Segment& cause, std::vector<Said> said,
           std::optional<std::uint32_t> place, Time now, Actions& out);
  void watch(Flow& flow, const Relay& relay);
  void forget_alarm(Flow& flow);
  void wake_relay(std::uint32_t number, Time now, Actions& out);
  void learn(const Flow& flow, const Relay& relay);

  std::uint64_t seed_;
  Limits limits_;
  EnginePlace place_;
  FlowTable flows_;
  Beginnings beginnings_;  // of the flows' connections
  Outbox outbox_;
  struct Replayed {
    Time due;
    RuleNumber rule;  // the [[replay]]
    Packet packet;
  };
  std::vector<Replayed> replays_;  // in order of time; those before `replayed_` are done
  std::size_t replayed_ = 0;
  TimerQueue relay_timers_;
  struct Alarm {
    Time at;
    TimerQueue::Handle timer;
  };
  absl::flat_hash_map<std::uint32_t, Alarm> alarms_;  // of flows that have one, by number
  bool splices_ = false;
  bool parks_ = false;     // as far as the policy goes
  bool sees_all_ = false;  // of a flow that is not spliced

 public:
  Errands errands;
};

}  // namespace latesyn
