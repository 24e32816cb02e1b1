// The engine where somebody steers it: what is held, and what is done about that by hand. Each call
// is bounded: it looks at so many places of the store, or acts on so many of what it has found
// there.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "proxy/engine/engine_state.hpp"

namespace latesyn {
namespace {

constexpr std::uint32_t kLooks = 16'384;
constexpr std::size_t kActs = 1'024;

const Selection& selection(const EngineCommand& command) {
  return std::visit([](const auto& c) -> const Selection& { return c.which; }, command);
}

/// How many of each flow, by its number: in an order that is the same in every run.
using Woken = std::map<std::uint32_t, std::uint32_t>;

/// Of a heap: the one that arrived first is on top.
constexpr auto kLater = [](const auto& a, const auto& b) { return b.order < a.order; };

}  // namespace

const HeldId* id_of(const EngineCommand& command) {
  return std::get_if<HeldId>(&selection(command));
}

Reply joined(const Reply& a, const Reply& b) {
  const bool refused = !a.refusal.empty() && !b.refusal.empty();
  return {a.about + b.about, refused ? a.refusal : ""};
}

HeldId Engine::State::id_of(std::uint32_t number) const {
  return HeldId::of(place_.worker, store_.generation(number), number);
}

Held Engine::State::held(std::uint32_t number) {
  const Flow& flow = flows_[store_.flow_of(number)];
  const Waiting waiting = store_.look_at(number, flow.connection.flow());
  const Departure& d = waiting.departure;
  Held row{.id = id_of(number),
           .segment = waiting.segment,
           .to = d.to,
           .origin = d.origin,
           .rule = rules.book().name_of(d.credit.made_by),
           .since = waiting.arrived,
           .once = d.once};
  if (!store_.sleeps(number)) row.due = schedule_.due(store_.timer_of(number));
  return row;
}

HeldPage Engine::State::held(HeldId from, std::size_t most) {
  HeldPage page;
  std::uint32_t place = from.place();
  const std::uint32_t end = std::min(store_.numbers(), place + kLooks);
  for (; place < end && page.rows.size() < most; ++place) {
    if (store_.keeps(place)) page.rows.push_back(held(place));
  }
  if (place < store_.numbers()) page.next = HeldId::of(place_.worker, 0, place);
  return page;
}

void Engine::State::obey(Time now, Errand& errand, Actions& out) {
  if (errand.stage_ == Errand::Stage::fresh) begin(now, errand);
  if (errand.stage_ == Errand::Stage::looking) look_for(now, errand, out);
  if (errand.stage_ == Errand::Stage::acting) act(now, errand, out);
}

void Engine::State::refuse(Errand& errand, std::string why) {
  errand.reply_.refusal = std::move(why);
  errand.stage_ = Errand::Stage::done;
}

void Engine::State::begin(Time now, Errand& errand) {
  errand.stage_ = Errand::Stage::looking;
  errand.begun_ = {now, next_order_, 0};
  const Selection& which = selection(errand.command_);
  if (const auto* id = std::get_if<HeldId>(&which)) {
    if (!is_held(*id)) return refuse(errand, std::string(kNotHeld));
    errand.place_ = id->place();
  } else if (const auto* rule = std::get_if<OfRule>(&which)) {
    const auto number = rules.book().find(rule->name);
    if (!number) return refuse(errand, fmt::format("there is no rule \"{}\"", rule->name));
    errand.rule_ = *number;
  }
}

bool Engine::State::is_held(HeldId id) const {
  return id.worker() == place_.worker && store_.keeps(id.place()) &&
         store_.generation(id.place()) == id.generation();
}

bool Engine::State::concerns(const Errand& errand, std::uint32_t number) {
  if (!(store_.order_of(number) < errand.begun_)) return false;
  const Selection& which = selection(errand.command_);
  if (const auto* id = std::get_if<HeldId>(&which)) return id_of(number) == *id;
  if (std::holds_alternative<OfRule>(which)) return store_.rule_of(number) == errand.rule_;
  if (const auto* connection = std::get_if<OfConnection>(&which)) {
    return store_.connection_of(number) == connection->number;
  }
  if (const auto* key = std::get_if<FlowKey>(&which)) {
    return flows_[store_.flow_of(number)].connection.flow() == *key;
  }
  if (std::holds_alternative<ForHand>(which)) {
    return store_.sleeps(number) && store_.trigger_of(number) == Trigger::released;
  }
  return true;
}

void Engine::State::look_for(Time now, Errand& errand, Actions& out) {
  const bool one = std::holds_alternative<HeldId>(selection(errand.command_));
  const std::uint32_t last = one ? errand.place_ + 1 : store_.numbers();
  const std::uint32_t end = std::min(last, errand.place_ + kLooks);
  for (std::uint32_t& place = errand.place_; place < end; ++place) {
    if (!store_.keeps(place) || !concerns(errand, place)) continue;
    errand.found_.push_back({store_.order_of(place), store_.generation(place)});
    std::ranges::push_heap(errand.found_, kLater);
  }
  if (errand.place_ < last) return;
  errand.stage_ = Errand::Stage::acting;
  // Of several engines that had nothing to release, one says so.
  const bool tells = place_.worker == 0 || !errand.found_.empty();
  if (tells && std::holds_alternative<Release>(errand.command_)) {
    out.emplace_back(Released{now, errand.found_.size()});
  }
}

void Engine::State::act(Time now, Errand& errand, Actions& out) {
  Woken woken;
  for (std::size_t acts = 0; acts < kActs && !errand.found_.empty(); ++acts) {
    std::ranges::pop_heap(errand.found_, kLater);
    const Errand::Found found = errand.found_.back();
    errand.found_.pop_back();
    const std::uint32_t number = found.order.number;
    if (!is_held(HeldId::of(place_.worker, found.generation, number))) continue;
    if (std::holds_alternative<Release>(errand.command_)) {
      if (release(number, now)) ++woken[store_.flow_of(number)];
    } else if (std::holds_alternative<Discard>(errand.command_)) {
      discard(number, now, out);
    } else if (!delay(number, std::get<HoldLonger>(errand.command_).by)) {
      continue;
    }
    ++errand.reply_.about;
  }
  for (const auto& [flow, count] : woken) {
    const Connection& connection = flows_[flow].connection;
    out.emplace_back(
        Triggered{now, connection.flow(), connection.number(), Trigger::released, count});
  }
  if (errand.found_.empty()) errand.stage_ = Errand::Stage::done;
}

/// True for one that waited for a trigger.
bool Engine::State::release(std::uint32_t number, Time now) {
  Flow& flow = flows_[store_.flow_of(number)];
  if (!store_.sleeps(number)) {
    schedule_.cancel(schedule_.handle_of(store_.timer_of(number)));
    set_due(number, now);
    return false;
  }
  rouse(flow, number);
  ++flow.scheduled;
  set_due(number, now + store_.after(number));
  return true;
}

void Engine::State::discard(std::uint32_t number, Time now, Actions& out) {
  Flow& flow = flows_[store_.flow_of(number)];
  if (store_.sleeps(number)) {
    rouse(flow, number);
  } else {
    schedule_.cancel(schedule_.handle_of(store_.timer_of(number)));
    --flow.scheduled;
  }
  const Waiting waiting = store_.take(number, flow.connection.flow());
  pauses_.erase(number);
  if (waiting.parked) {
    --parked_;
    out.emplace_back(Judge{waiting.parked->queue_id, flow.connection.flow(), Verdict::drop});
  }
  ++counters.discarded;
  const Departure& d = waiting.departure;
  out.emplace_back(Discarded{now, waiting.segment, d.to, d.origin,
                             rules.book().name_of(d.credit.made_by), waiting.arrived});
  attend(flow);
}

bool Engine::State::delay(std::uint32_t number, Duration by) {
  if (store_.sleeps(number)) return false;
  const std::uint32_t timer = store_.timer_of(number);
  const Time due = schedule_.due(timer) + std::min(by, Time::max() - schedule_.due(timer));
  schedule_.cancel(schedule_.handle_of(timer));
  set_due(number, due);
  return true;
}

void Engine::State::rouse(Flow& flow, std::uint32_t number) {
  store_.rouse(flow.asleep, number);
  --asleep_;
}

}  // namespace latesyn
