#include "proxy/engine/departure_notes.hpp"

namespace latesyn {

Planned planned(const Departure& d, const RuleBook& book) {
  return {d.to,
          d.origin,
          d.once,
          d.after,
          d.changed,
          d.icmp,
          book.name_of(d.credit.made_by),
          book.names_of(d.credit.changed_by)};
}

Note departed(const Waiting& w, bool at_once, Time now, const RuleBook& book) {
  const Departure& d = w.departure;
  std::string rule = book.name_of(d.credit.made_by);
  auto changed_by = book.names_of(d.credit.changed_by);
  if (d.icmp) {
    return IcmpSent{
        now, w.segment, d.to, *d.icmp, std::move(rule), w.arrived, at_once, std::move(changed_by)};
  }
  return Departed{.at = now,
                  .segment = w.segment,
                  .to = d.to,
                  .origin = d.origin,
                  .rule = std::move(rule),
                  .arrived = w.arrived,
                  .at_once = at_once,
                  .changed = d.changed,
                  .changed_by = std::move(changed_by)};
}

}  // namespace latesyn
