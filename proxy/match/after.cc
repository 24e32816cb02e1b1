// after: at least so long after the start, or after something of the segment's connection.

#include "proxy/match/match.hpp"
#include "proxy/match/sight.hpp"
#include "proxy/match/since.hpp"

namespace latesyn {

bool After::covers(const Sight& sight) const {
  return holds_for_all(ages_, [&sight](Since since, Duration least) {
    const auto age = elapsed(since, sight);
    return age && *age >= least;
  });
}

bool After::includes(const Match& rule) const {
  const auto* const other = rule.find<After>();
  return other != nullptr && holds_for_all(ages_, [other](Since since, Duration least) {
           const auto& theirs = of(other->ages_, since);
           return theirs && *theirs >= least;
         });
}

namespace {

std::shared_ptr<const Condition> read_after(const DocumentValue& value) {
  return std::make_shared<After>(read_ages(value));
}

const RegisteredCondition after_condition({
    .key = "after",
    .subject = Subject::history,
    .takes = "duration, or a table of durations",
    .about =
        "at least so long after latesyn started: `\"10s\"`. Or, as in `{ handshake = \"2s\" }`, "
        "since `connection`: its client's first SYN was sent; `handshake`: its handshake was "
        "complete; `idle`: its last segment came or left, in either direction; `start`. "
        "[More](#times)",
    .read = read_after,
});

}  // namespace
}  // namespace latesyn
