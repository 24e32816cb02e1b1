#pragma once
// The engine inside: its parts, and the way of a packet through them. It comes in at the intake;
// the rules decide what leaves in its place, and when (decide, dispatch); what leaves later waits
// in the outbox; what leaves does so through the relay of its flow, where latesyn shakes hands
// itself (send, depart, pass); and each part that has to know is told (sent, delivered).

#include "proxy/engine/engine.hpp"
#include "proxy/engine/errands.hpp"
#include "proxy/engine/intake.hpp"
#include "proxy/engine/late_syns.hpp"
#include "proxy/engine/outbox.hpp"
#include "proxy/engine/recordings.hpp"
#include "proxy/engine/relays/relays.hpp"
#include "proxy/intercept/plan.hpp"

namespace latesyn {

class Engine::State {
 public:
  State(SharedPolicy policy, std::uint64_t seed, const Limits& limits, EnginePlace place)
      : rules(std::move(policy), seed, limits.memories, limits.clients),
        place_(std::move(place)),
        flows_(limits.flows),
        intake_(flows_, *place_.shared, counters),
        outbox_(flows_, limits),
        splices_(counters),
        relays_(flows_, splices_, *place_.shared, seed),
        late_syns_(rules.book(), *place_.shared, limits.late_syns, counters),
        recordings_(rules.policy().replays, rules.book(), place_),
        errands_(outbox_, flows_, rules.book(), place_.worker, counters.discarded) {
    look_at_policy();
  }

  Verdict on_packet(Time now, const Incoming& packet, Actions& out);
  void on_time(Time now, Actions& out, std::size_t most);
  void obey(Time now, Errand& errand, Actions& out);
  HeldPage held(HeldId from, std::size_t most) const { return errands_.held(from, most); }
  void adopt(Time now, Stray stray, Actions& out);
  void gave_up(Time now, const FlowKey& key, Actions& out);
  void tell_sender(Packet error, Actions& out);
  void offer_splices(bool offered, Actions& out) { splices_.offer(offered, flows_, out); }
  bool awaits_acks() const { return flows_.attended() != 0; }
  std::optional<Time> next_wakeup() const;
  void use(Time now, SharedPolicy policy, Actions& out);
  std::size_t waiting() const { return outbox_.size() + recordings_.size(); }
  std::size_t scheduled() const { return outbox_.scheduled() + recordings_.size(); }
  Tables tables();

  const Policy& policy() const { return rules.policy(); }

  RuleSet rules;
  Counters counters;
  std::vector<std::byte> replacement;

 private:
  void look_at_policy();

  // What becomes of a packet that came in.
  Verdict decide(Flow& flow, const Sight& sight, const Incoming& packet, Actions& out);
  bool may_park(const Flow& flow, const std::vector<Matched>& matched, const TcpView& view,
                const Incoming& packet) const;
  static Parked parked_as(const Incoming& packet, const TcpView& view);
  bool has_room(const Flow& flow, const Departures& departures,
                const std::optional<Parked>& parked);
  PipelineOutcome let_act(std::vector<Matched>& matched, Departure departure,
                          const Crossing& crossing, std::size_t most);
  Verdict pass(Flow& flow, Arrived note, const Incoming& packet, Time now, Actions& out,
               const std::optional<HandshakeChoice>& chosen = {});

  // What leaves in its place.
  /// What departures are of.
  struct Cause {
    Segment segment;
    Time arrived;
    bool at_once = false;  // it has arrived in this instant
    std::optional<Parked> parked = std::nullopt;
  };
  void dispatch(Flow& flow, PipelineOutcome outcome, const Cause& cause, Time now, Actions& out);
  PipelineOutcome go_on(Flow& flow, const Waiting& waiting, const Pause& pause, Time now);
  void resume(Flow& flow, Waiting waiting, const Pause& pause, Time now, Actions& out);
  void replay(Recordings::Recorded recorded, Time now, Actions& out);
  void send(Flow& cause, Waiting waiting, bool at_once, Time now, Actions& out);
  static void bring_up_to_date(const Flow& flow, Waiting& waiting);
  Flow* describe(Flow& flow, Waiting& waiting, Time now);
  std::optional<Stray> stray(Waiting& waiting, bool at_once) const;
  void depart(Flow& flow, Waiting waiting, bool at_once, Time now, Actions& out);
  void delivered(Flow& flow, const Segment& segment, Time now, Actions& out);

  // What somebody wants by hand.
  std::string switch_rule(const SwitchRule& command, Time now, Actions& out);
  std::string reset_flow(const ResetFlow& command, Time now, Actions& out);

  // Where latesyn shakes hands itself.
  Relay* relay_of(Flow& flow, const Segment& segment, const std::optional<HandshakeChoice>& chosen,
                  Time now, Actions& out) {
    return relays_.of(flow, segment, policy().traffic.handshake, chosen, now, out);
  }
  Verdict pass_relay(Flow& flow, Relay& relay, Arrived note, const Incoming& packet, Time now,
                     Actions& out);
  Verdict send_in_place(Side to, Actions& out);
  std::optional<std::uint32_t> place_for(const std::vector<Said>& said, const Segment& cause,
                                         const Incoming& packet) const;
  void say(Flow& flow, const Relay& relay, const Segment& cause, std::vector<Said> said,
           std::optional<std::uint32_t> place, Time now, Actions& out);

  EnginePlace place_;
  FlowTable flows_;
  Intake intake_;
  Outbox outbox_;
  Splices splices_;
  Relays relays_;
  LateSyns late_syns_;
  Recordings recordings_;
  Errands errands_;
  bool parks_ = false;     // as far as the policy goes
  bool sees_all_ = false;  // of a flow that is not spliced
};

}  // namespace latesyn
