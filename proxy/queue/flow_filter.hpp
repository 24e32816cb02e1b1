#pragma once
// A set of flows that may seem to hold one more, and never one less: a bit for each exclusive or of
// two ports.

#include <bitset>

#include "proxy/packet/tcp_view.hpp"

namespace latesyn {

class FlowFilter {
 public:
  /// What is no TCP segment may be about any flow.
  void add(Bytes packet) {
    const auto slot = slot_of(packet);
    slot ? slots_.set(*slot) : slots_.set();
  }
  void add(const FlowKey& flow) { slots_.set(slot_of(flow.client, flow.server)); }
  bool may_have(Bytes packet) const {
    const auto slot = slot_of(packet);
    return slot ? slots_.test(*slot) : slots_.any();
  }
  bool may_have(const FlowKey& flow) const {
    return slots_.test(slot_of(flow.client, flow.server));
  }
  void clear() { slots_.reset(); }

 private:
  static constexpr std::size_t kSlots = 4096;

  static std::size_t slot_of(const Endpoint& a, const Endpoint& b) {
    return (a.port ^ b.port) % kSlots;
  }
  static std::optional<std::size_t> slot_of(Bytes packet) {
    const auto view = TcpView::over(packet);
    const auto* segment = std::get_if<TcpView>(&view);
    if (segment == nullptr) return std::nullopt;
    return slot_of(segment->from(), segment->to());
  }

  std::bitset<kSlots> slots_;
};

}  // namespace latesyn
