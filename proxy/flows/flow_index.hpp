#pragma once
// Finds a flow's number by a hash of its two ends: 8 bytes for each flow, in one line of the
// processor's cache mostly. Whether a flow is the one that is looked for, its owner says.

#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <vector>

namespace latesyn {

class FlowIndex {
 public:
  /// The number of a flow with that hash that `is_it` says true of.
  template <typename IsIt>
  std::optional<std::uint32_t> find(std::uint32_t hash, IsIt is_it) const {
    if (slots_.empty()) return std::nullopt;
    for (std::size_t at = home(hash);; at = next(at)) {
      const Slot& slot = slots_[at];
      if (slot.number == kFree) return std::nullopt;
      if (slot.hash == hash && is_it(slot.number)) return slot.number;
    }
  }
  /// `number` must not be known yet, and is not the highest of its type.
  void add(std::uint32_t hash, std::uint32_t number);
  /// What was added.
  void remove(std::uint32_t hash, std::uint32_t number);
  std::size_t size() const { return size_; }

 private:
  static constexpr std::uint32_t kFree = std::numeric_limits<std::uint32_t>::max();
  struct Slot {
    std::uint32_t hash = 0, number = kFree;
  };
  std::size_t home(std::uint32_t hash) const { return hash & (slots_.size() - 1); }
  std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
  void put(const Slot& slot);
  void grow();

  std::pmr::vector<Slot> slots_;  // a power of two of them, at most three quarters in use
  std::size_t size_ = 0;
};

}  // namespace latesyn
