#include "proxy/engine/rules/rule_memory.hpp"

#include <algorithm>

namespace latesyn {
namespace {

bool is_same(const Rule& a, const Rule& b) {
  return a.name == b.name && a.kind == b.kind && *a.parameters == *b.parameters;
}

}  // namespace

void RuleMemory::use(const std::vector<Rule>& rules) {
  std::vector<Known> before = std::exchange(known_, {});
  reloaded_ = next_number_ != 0;
  known_of_.assign(rules.size(), kNone);
  for (std::size_t place = 0; place < rules.size(); ++place) {
    const Rule& rule = rules[place];
    if (!rule.effects.remembers) continue;
    known_of_[place] = known_.size();
    const auto same = std::ranges::find_if(
        before, [&rule](const Known& known) { return is_same(known.rule, rule); });
    known_.push_back(same == before.end() ? Known{next_number_++, rule} : std::move(*same));
  }
}

Memory* RuleMemory::of(std::size_t rule, Flow& flow, Side to) {
  if (known_of_[rule] == kNone) return nullptr;
  Known& known = known_[known_of_[rule]];
  switch (*known.rule.effects.remembers) {
    case Scope::rule:
      if (!known.own) known.own = known.rule.impairment->remember();
      return known.own.get();
    case Scope::client:
      return of_client(known, flow.connection.flow().client.address);
    case Scope::flow:
      return of_flow(known, flow, std::nullopt);
    case Scope::direction:
      break;
  }
  return of_flow(known, flow, to);
}

Memory* RuleMemory::of_client(const Known& known, const IpAddress& client) {
  const Client key{known.number, client};
  if (const auto found = of_clients_.find(key); found != of_clients_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return found->second->memory.get();
  }
  if (by_use_.size() >= of_clients_max_) {
    ++clients_forgotten_;
    of_clients_.erase(by_use_.back().client);
    by_use_.pop_back();
  }
  by_use_.push_front({key, known.rule.impairment->remember()});
  of_clients_[key] = by_use_.begin();
  return by_use_.front().memory.get();
}

Memory* RuleMemory::of_flow(const Known& known, Flow& flow, std::optional<Side> to) {
  if (!flow.memory) flow.memory = std::make_unique<FlowMemory>(of_flows_);
  if (Memory* const found = flow.memory->find(known.number, to)) return found;
  if (reloaded_) flow.memory->forget_unless([this](std::uint32_t n) { return is_known(n); });
  if (of_flows_ >= of_flows_max_) {
    ++full_;
    return nullptr;
  }
  return flow.memory->keep(known.number, to, known.rule.impairment->remember());
}

bool RuleMemory::is_known(std::uint32_t number) const {
  return std::ranges::find(known_, number, &Known::number) != known_.end();
}

}  // namespace latesyn
