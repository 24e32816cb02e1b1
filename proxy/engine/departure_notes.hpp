#pragma once
// What is noted of a departure.

#include "proxy/notes/note.hpp"
#include "proxy/policy/rule_book.hpp"
#include "proxy/waiting/schedule.hpp"

namespace latesyn {

/// Of one that is to leave.
Planned planned(const Departure& departure, const RuleBook& book);

/// Of one that leaves: a Departed, or an IcmpSent.
Note departed(const Waiting& waiting, bool at_once, Time now, const RuleBook& book);

}  // namespace latesyn
