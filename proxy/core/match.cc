#include "proxy/core/match.hpp"

namespace latesyn {

bool Match::covers(const Segment& s) const {
  return segments.has(s.kind) && (!from || *from == s.from) && (!copy || *copy == s.copy) &&
         (!connection || *connection == s.connection) &&
         (!every || (s.connection != 0 && s.connection % *every == 0)) &&
         (!life || *life == s.life) && (!flags || flags->covers(s.flags));
}

}  // namespace latesyn
