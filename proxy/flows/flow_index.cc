#include "proxy/flows/flow_index.hpp"

#include <algorithm>
#include <utility>

namespace latesyn {

void FlowIndex::add(std::uint32_t hash, std::uint32_t number) {
  if (4 * (size_ + 1) > 3 * slots_.size()) grow();
  put({hash, number});
  ++size_;
}

void FlowIndex::put(const Slot& slot) {
  std::size_t at = home(slot.hash);
  while (slots_[at].number != kFree) at = next(at);
  slots_[at] = slot;
}

void FlowIndex::grow() {
  constexpr std::size_t kFirst = 64;
  std::pmr::vector<Slot> before(std::max(2 * slots_.size(), kFirst), Slot{},
                                slots_.get_allocator());
  before.swap(slots_);
  for (const Slot& slot : before) {
    if (slot.number != kFree) put(slot);
  }
}

/// Those behind it move up, so that no search ends at a gap before what it looks for (Knuth, The
/// Art of Computer Programming, volume 3, section 6.4, algorithm R).
void FlowIndex::remove(std::uint32_t hash, std::uint32_t number) {
  std::size_t gap = home(hash);
  while (slots_[gap].number != number) gap = next(gap);
  for (std::size_t at = next(gap); slots_[at].number != kFree; at = next(at)) {
    const std::size_t mask = slots_.size() - 1;
    const std::size_t from_home = (at - home(slots_[at].hash)) & mask, from_gap = (at - gap) & mask;
    if (from_home < from_gap) continue;
    slots_[gap] = slots_[at];
    gap = at;
  }
  slots_[gap] = Slot{};
  --size_;
}

}  // namespace latesyn
