#include "proxy/loader/policy_sections.hpp"

namespace latesyn {
namespace {

/// As many as may wait at all.
constexpr std::uint32_t kCopiesMax = 1'000'000;

}  // namespace

PolicyLimits read_limits(const DocumentValue& section) {
  DocumentTable table = section.table("[limits]");
  PolicyLimits limits;
  limits.copies = table.at("copies", "copies = 5000").number(1, kCopiesMax);
  table.refuse_unread();
  return limits;
}

}  // namespace latesyn
