#pragma once
// What rules remember for one flow, or for one direction of it. It is forgotten with the flow.

#include <memory>
#include <vector>

#include "impair/making/memory.hpp"
#include "proxy/values/flow.hpp"

namespace latesyn {

class FlowMemory {
 public:
  /// `all`: how many there are of all flows; it must outlive this.
  explicit FlowMemory(std::size_t& all) : all_(all) {}
  ~FlowMemory() { all_ -= kept_.size(); }
  FlowMemory(const FlowMemory&) = delete;
  FlowMemory& operator=(const FlowMemory&) = delete;

  /// That of the rule with the number; `to`: for the packets to that side. Null: none yet.
  Memory* find(std::uint32_t rule, std::optional<Side> to) const {
    for (const Kept& kept : kept_) {
      if (kept.rule == rule && kept.to == to) return kept.memory.get();
    }
    return nullptr;
  }
  Memory* keep(std::uint32_t rule, std::optional<Side> to, std::unique_ptr<Memory> memory) {
    ++all_;
    return kept_.emplace_back(Kept{rule, to, std::move(memory)}).memory.get();
  }
  /// Forgets what rules remembered of whose number `is_known` says false.
  template <typename IsKnown>
  void forget_unless(IsKnown is_known) {
    all_ -= std::erase_if(kept_, [&](const Kept& kept) { return !is_known(kept.rule); });
  }

 private:
  struct Kept {
    std::uint32_t rule;
    std::optional<Side> to;
    std::unique_ptr<Memory> memory;
  };
  std::size_t& all_;
  std::vector<Kept> kept_;
};

}  // namespace latesyn
