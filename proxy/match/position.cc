// position: which bytes of its sender's stream.

#include <fmt/format.h>

#include "proxy/match/match.hpp"
#include "proxy/match/sight.hpp"
#include "proxy/match/values.hpp"

namespace latesyn {
namespace {

class AtBytes final : public Condition {
 public:
  explicit AtBytes(NumberRange bytes) : bytes_(bytes) {}

  void narrow(Outline& outline) const override {
    outline.payload.keep({.first = 1});
    outline.kinds = outline.kinds & kMayCarryData;
    outline.splits_bundles = true;
  }
  bool covers(const Sight& sight) const override {
    const Segment& s = sight.segment;
    if (!s.position || s.payload_size == 0) return false;
    // From the range's first byte on, or from the segment's: whichever starts later.
    return bytes_.contains(*s.position) || (bytes_.first - *s.position) < s.payload_size;
  }
  bool includes(const Match& rule) const override {
    const auto* const other = rule.find<AtBytes>();
    return other != nullptr && bytes_.includes(other->bytes_);
  }
  std::string why_never(const Match& rule) const override {
    if (rule.outline().payload.empty()) {
      return "a segment without data has no bytes at a position; leave out payload or position";
    }
    if (!(rule.outline().named & kMayCarryData).empty()) return "";
    return std::string(kNeverSoMuchData);
  }
  std::string phrase() const override {
    return fmt::format(", at byte {} of its stream", range_text(bytes_));
  }

 private:
  NumberRange bytes_;
};

std::shared_ptr<const Condition> read_position(const DocumentValue& value) {
  return std::make_shared<AtBytes>(read_range(value));
}

const RegisteredCondition position_condition({
    .key = "position",
    .subject = Subject::header,
    .takes = "a number, or a range",
    .about = "the segment has one byte at least of these of its sender's stream; 0 is the first "
             "byte of data, and after 4 GiB it starts again. What begins before latesyn has no "
             "positions",
    .read = read_position,
});

}  // namespace
}  // namespace latesyn
