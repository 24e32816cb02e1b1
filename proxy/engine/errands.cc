#include "proxy/engine/errands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace latesyn {
namespace {

constexpr std::uint32_t kLooks = 16'384;
constexpr std::size_t kActs = 1'024;

/// Null for a command that is about nothing that is held.
const Selection* find_selection(const EngineCommand& command) {
  return std::visit(
      [](const auto& c) -> const Selection* {
        if constexpr (requires { c.which; }) {
          return &c.which;
        } else {
          return nullptr;
        }
      },
      command);
}
const Selection& selection(const EngineCommand& command) { return *find_selection(command); }

/// How many of each flow, by its number: in an order that is the same in every run.
using Woken = std::map<std::uint32_t, std::uint32_t>;

/// Of a heap: the one that arrived first is on top.
constexpr auto kLater = [](const auto& a, const auto& b) { return b.order < a.order; };

}  // namespace

const HeldId* id_of(const EngineCommand& command) {
  return std::get_if<HeldId>(find_selection(command));
}

std::string no_rule(std::string_view name) { return fmt::format("there is no rule \"{}\"", name); }

Reply joined(const Reply& a, const Reply& b) {
  const bool refused = !a.refusal.empty() && !b.refusal.empty();
  return {a.about + b.about, refused ? a.refusal : ""};
}

HeldId Errands::id_of(std::uint32_t number) const {
  return HeldId::of(worker_, store().generation(number), number);
}

Held Errands::row(std::uint32_t number) const {
  const Waiting waiting = store().look_at(number, outbox_.flow_of(number).connection.flow());
  const Departure& d = waiting.departure;
  return {.id = id_of(number),
          .segment = waiting.segment,
          .to = d.to,
          .origin = d.origin,
          .rule = book_.name_of(d.credit.made_by),
          .since = waiting.arrived,
          .due = outbox_.due(number),
          .once = d.once};
}

HeldPage Errands::held(HeldId from, std::size_t most) const {
  HeldPage page;
  std::uint32_t place = from.place();
  const std::uint32_t end = std::min(store().numbers(), place + kLooks);
  for (; place < end && page.rows.size() < most; ++place) {
    if (store().keeps(place)) page.rows.push_back(row(place));
  }
  if (place < store().numbers()) page.next = HeldId::of(worker_, 0, place);
  return page;
}

void Errands::obey(Time now, Errand& errand, Actions& out) {
  if (errand.stage_ == Errand::Stage::fresh) begin(now, errand);
  if (errand.stage_ == Errand::Stage::looking) look_for(now, errand, out);
  if (errand.stage_ == Errand::Stage::acting) act(now, errand, out);
}

void Errands::begin(Time now, Errand& errand) const {
  errand.stage_ = Errand::Stage::looking;
  errand.begun_ = {now, outbox_.next_number(), 0};
  const Selection& which = selection(errand.command_);
  if (const auto* id = std::get_if<HeldId>(&which)) {
    if (!is_held(*id)) return errand.refuse(std::string(kNotHeld));
    errand.place_ = id->place();
  } else if (const auto* rule = std::get_if<OfRule>(&which)) {
    const auto number = book_.find(rule->name);
    if (!number) return errand.refuse(no_rule(rule->name));
    errand.rule_ = *number;
  }
}

bool Errands::is_held(HeldId id) const {
  return id.worker() == worker_ && store().keeps(id.place()) &&
         store().generation(id.place()) == id.generation();
}

bool Errands::concerns(const Errand& errand, std::uint32_t number) const {
  if (!(store().order_of(number) < errand.begun_)) return false;
  const Selection& which = selection(errand.command_);
  if (const auto* id = std::get_if<HeldId>(&which)) return id_of(number) == *id;
  if (std::holds_alternative<OfRule>(which)) return store().rule_of(number) == errand.rule_;
  if (const auto* connection = std::get_if<OfConnection>(&which)) {
    return store().connection_of(number) == connection->number;
  }
  if (const auto* key = std::get_if<FlowKey>(&which)) {
    return outbox_.flow_of(number).connection.flow() == *key;
  }
  if (std::holds_alternative<ForHand>(which)) {
    return store().sleeps(number) && store().trigger_of(number) == Trigger::released;
  }
  return true;
}

void Errands::look_for(Time now, Errand& errand, Actions& out) const {
  const bool one = std::holds_alternative<HeldId>(selection(errand.command_));
  const std::uint32_t last = one ? errand.place_ + 1 : store().numbers();
  const std::uint32_t end = std::min(last, errand.place_ + kLooks);
  for (std::uint32_t& place = errand.place_; place < end; ++place) {
    if (!store().keeps(place) || !concerns(errand, place)) continue;
    errand.found_.push_back({store().order_of(place), store().generation(place)});
    std::ranges::push_heap(errand.found_, kLater);
  }
  if (errand.place_ < last) return;
  errand.stage_ = Errand::Stage::acting;
  // Of several engines that had nothing to release, one says so.
  const bool tells = worker_ == 0 || !errand.found_.empty();
  if (tells && std::holds_alternative<Release>(errand.command_)) {
    out.emplace_back(Released{now, errand.found_.size()});
  }
}

void Errands::act(Time now, Errand& errand, Actions& out) {
  Woken woken;
  for (std::size_t acts = 0; acts < kActs && !errand.found_.empty(); ++acts) {
    std::ranges::pop_heap(errand.found_, kLater);
    const Errand::Found found = errand.found_.back();
    errand.found_.pop_back();
    const std::uint32_t number = found.order.number;
    if (!is_held(HeldId::of(worker_, found.generation, number))) continue;
    if (std::holds_alternative<Release>(errand.command_)) {
      if (outbox_.release(number, now)) ++woken[store().flow_of(number)];
    } else if (std::holds_alternative<Discard>(errand.command_)) {
      discard(number, now, out);
    } else if (!outbox_.delay(number, std::get<HoldLonger>(errand.command_).by)) {
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

void Errands::discard(std::uint32_t number, Time now, Actions& out) {
  Flow& flow = outbox_.flow_of(number);
  const Waiting waiting = outbox_.discard(number);
  if (waiting.parked) {
    out.emplace_back(Judge{waiting.parked->queue_id, flow.connection.flow(), Verdict::drop});
  }
  ++discarded_;
  const Departure& d = waiting.departure;
  out.emplace_back(Discarded{now, waiting.segment, d.to, d.origin, book_.name_of(d.credit.made_by),
                             waiting.arrived});
  flows_.attend(flow);
}

}  // namespace latesyn
