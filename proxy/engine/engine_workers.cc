// The engine as one of several: which flows are its own, and what it makes or gets of those that
// are not.

#include "proxy/engine/engine_state.hpp"

namespace latesyn {

/// A departure that a rule has given other ports may be of a flow that another worker has. That one
/// is told of what the ends say to it, so it must know of its beginning.
std::optional<Stray> Engine::State::stray(Waiting& waiting, bool at_once) const {
  Departure& d = waiting.departure;
  if (place_.workers == 1 || !d.is_made()) return std::nullopt;
  const auto view = std::get<TcpView>(TcpView::over(d.packet.bytes));
  const unsigned owner = place_.owner_of(view);
  if (owner == place_.worker) return std::nullopt;
  std::string rule = rules.book().name_of(d.credit.made_by);
  auto changed_by = rules.book().names_of(d.credit.changed_by);
  return Stray{owner,           std::move(d), std::move(rule), std::move(changed_by),
               waiting.arrived, at_once};
}

void Engine::State::adopt(Time now, Stray stray, Actions& out) {
  const auto view = std::get<TcpView>(TcpView::over(stray.departure.packet.bytes));
  Flow* const flow = intake_.flow_of(view, now, policy().traffic);
  if (flow == nullptr) {
    ++counters.forged_unsent;
    return;
  }
  const Segment segment = flow->connection.elsewhere(view);
  Credit& credit = stray.departure.credit;
  credit = {.made_by = stray.rule.empty() ? kNoRule : rules.book().number_of(stray.rule)};
  for (const std::string& rule : stray.changed_by) {
    credit.changed_by.push_back(rules.book().number_of(rule));
  }
  depart(*flow, {std::move(stray.departure), segment, stray.arrived, outbox_.number(1)},
         stray.at_once, now, out);
}

}  // namespace latesyn
