// payload: how many bytes of user data.

#include <fmt/format.h>

#include "proxy/match/match.hpp"
#include "proxy/match/values.hpp"

namespace latesyn {
namespace {

/// The kinds that can have so many bytes of data.
SegmentKinds kinds_of_size(const NumberRange& size) {
  if (size.first > 0) return kMayCarryData;
  if (size.last > 0) return SegmentKinds::all();
  return SegmentKinds::all().without(SegmentKind::data);
}

class OfSize final : public OutlinedCondition {
 public:
  explicit OfSize(NumberRange size) : size_(size) {}

  void narrow(Outline& outline) const override {
    outline.payload.keep(size_);
    outline.kinds = outline.kinds & kinds_of_size(size_);
    outline.splits_bundles = true;
  }
  std::string why_never(const Match& rule) const override {
    if (!(rule.outline().named & kinds_of_size(size_)).empty()) return "";
    return std::string(kNeverSoMuchData);
  }
  std::string phrase() const override {
    return fmt::format(", with {} bytes of data", range_text(size_));
  }

 private:
  NumberRange size_;
};

std::shared_ptr<const Condition> read_size(const DocumentValue& value) {
  return std::make_shared<OfSize>(read_range(value));
}

const RegisteredCondition payload_condition({
    .key = "payload",
    .subject = Subject::header,
    .takes = "a number, or a range: `\"1-100\"`, `\"500-\"`",
    .about = "bytes of user data",
    .read = read_size,
});

}  // namespace
}  // namespace latesyn
