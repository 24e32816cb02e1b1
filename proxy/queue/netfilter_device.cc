#include "proxy/queue/netfilter_device.hpp"

#include <cerrno>

namespace latesyn {

NetfilterDevice::NetfilterDevice(const Hook& hook, const Plan& plan)
    : hook_(hook), queue_(hook, plan), sender_(hook.mark), too_long_(hook.mark) {}

void NetfilterDevice::open_tracking() {
  if (!tracking_) tracking_.emplace(hook_);
}

DeviceCounters NetfilterDevice::counters() const {
  return {.lost = queue_.lost(),
          .splices_failed = tracking_ ? tracking_->failures() : 0,
          .unsent = sender_.unsent(),
          .told_too_long = too_long_.told(),
          .queue_failures = queue_.failures()};
}

void NetfilterDevice::wish(const Wish& wish) {
  if (tracking_) tracking_->add(wish);
}

void NetfilterDevice::flush() {
  if (tracking_) tracking_->flush();
  sender_.flush();
  queue_.flush();
}

std::vector<Packet> NetfilterDevice::replace_too_long(Time now) {
  std::vector<Packet> errors;
  for (const Packet& packet : sender_.take_too_long()) {
    TooLong::Instead instead = too_long_.instead_of(now, packet);
    if (instead.pieces.empty()) sender_.count_failure(EMSGSIZE, packet);
    for (Packet& piece : instead.pieces) sender_.add(std::move(piece));
    if (instead.error) errors.push_back(std::move(*instead.error));
  }
  sender_.flush();
  return errors;
}

}  // namespace latesyn
