#include "proxy/engine/engine.hpp"

#include "proxy/engine/engine_state.hpp"

namespace latesyn {

Engine::Engine(SharedPolicy policy, std::uint64_t seed, Limits limits, EnginePlace place)
    : state_(std::make_unique<State>(std::move(policy), seed, limits, std::move(place))) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

Verdict Engine::on_packet(Time now, const Incoming& packet, Actions& out) {
  return state_->on_packet(now, packet, out);
}
void Engine::on_time(Time now, Actions& out, std::size_t most) { state_->on_time(now, out, most); }
bool Engine::awaits_acks() const { return state_->awaits_acks(); }
std::optional<Time> Engine::next_wakeup() const { return state_->next_wakeup(); }
void Engine::obey(Time now, Errand& errand, Actions& out) { state_->obey(now, errand, out); }
Reply Engine::obey(Time now, EngineCommand command, Actions& out) {
  Errand errand(std::move(command));
  while (!errand.done()) state_->obey(now, errand, out);
  return errand.reply();
}
HeldPage Engine::held(HeldId from, std::size_t most) const { return state_->held(from, most); }
void Engine::offer_splices(bool offered, Actions& out) { state_->offer_splices(offered, out); }
void Engine::tell_sender(Packet error, Actions& out) { state_->tell_sender(std::move(error), out); }
void Engine::adopt(Time now, Stray stray, Actions& out) {
  state_->adopt(now, std::move(stray), out);
}
void Engine::use(Time now, SharedPolicy policy, Actions& out) {
  state_->use(now, std::move(policy), out);
}
Bytes Engine::replacement() const { return state_->replacement; }
const Policy& Engine::policy() const { return state_->policy(); }
const Counters& Engine::counters() const { return state_->counters; }
std::size_t Engine::waiting() const { return state_->waiting(); }
std::size_t Engine::scheduled() const { return state_->scheduled(); }
Tables Engine::tables() const { return state_->tables(); }
void Engine::gave_up(Time now, const FlowKey& flow, Actions& out) {
  state_->gave_up(now, flow, out);
}
const std::vector<RuleCount>& Engine::rule_counts() const { return state_->rules.book().counts(); }

}  // namespace latesyn
