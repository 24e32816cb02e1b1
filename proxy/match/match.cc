#include "proxy/match/match.hpp"

#include <algorithm>

namespace latesyn {
namespace {

bool has_byte_of(const NumberRange& range, const Segment& s) {
  if (!s.position || s.payload_size == 0) return false;
  // From the range's first byte on, or from the segment's: whichever starts later.
  return range.contains(*s.position) || (range.first - *s.position) < s.payload_size;
}

bool covers_headers(const Match& when, const TcpView& view) {
  const auto present = [&view](std::uint8_t kind) { return view.option_value(kind).data(); };
  return std::ranges::all_of(when.options, present) &&
         std::ranges::none_of(when.no_options, present) &&
         (!when.ecn || *when.ecn == (view.traffic_class() & 3U));
}

}  // namespace

bool Match::covers(const Segment& s, const TcpView& view) const {
  return segments.has(s.kind) && (!from || *from == s.from) && (!copy || *copy == s.copy) &&
         (!connection || *connection == s.connection) &&
         (!every || (s.connection != 0 && s.connection % *every == 0)) &&
         (!life || *life == s.life) && (!flags || flags->covers(s.flags)) &&
         (!payload || payload->contains(s.payload_size)) &&
         (!position || has_byte_of(*position, s)) &&
         (!states || (s.state && states->test(static_cast<std::size_t>(*s.state)))) &&
         covers_headers(*this, view);
}

}  // namespace latesyn
