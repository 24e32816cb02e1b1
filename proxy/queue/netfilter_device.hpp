#pragma once
// What netfilter has for us: the queue, raw sockets for what we send, and connection tracking for
// the flows whose numbers the kernel is to shift.

#include <optional>

#include "proxy/notes/counters.hpp"
#include "proxy/queue/connection_tracking.hpp"
#include "proxy/queue/device.hpp"
#include "proxy/queue/netlink_queue.hpp"
#include "proxy/queue/raw_sender.hpp"
#include "proxy/queue/too_long.hpp"

namespace latesyn {

class NetfilterDevice final : public Device {
 public:
  /// Opens all of it in the calling thread's network namespace. Firewall rules are the caller's
  /// business (firewall.hpp). Throws std::runtime_error that names what was attempted, what went
  /// wrong and the mend: no rights, the queue's number taken.
  NetfilterDevice(const Hook& hook, const Plan& plan);

  /// Readable where packets wait.
  int descriptor() const { return queue_.descriptor(); }
  /// Other queue settings for the packets to come. Throws std::runtime_error, and changes nothing.
  void use(const Plan& plan) { queue_.use(plan); }
  /// So that wishes are granted; without it they are not heard. Throws std::runtime_error where
  /// connection tracking can't be spoken to.
  void open_tracking();

  DeviceCounters counters() const;

  std::span<const QueuedPacket> receive(std::size_t max) override { return queue_.receive(max); }
  bool holds_packets() const override { return queue_.holds_packets(); }
  void drop(PacketId id) override { queue_.drop(id); }
  void accept(PacketId id, PacketMark mark) override { queue_.accept(id, mark); }
  void replace(PacketId id, Bytes bytes, PacketMark mark) override {
    queue_.replace(id, bytes, mark);
  }
  Bytes send(Packet packet) override { return sender_.add(std::move(packet)); }
  void wish(const Wish& wish) override;
  void flush() override;
  bool is_stuck() const override { return sender_.is_stuck(); }
  std::vector<Packet> replace_too_long(Time now) override;
  bool sees_acks() const override { return queue_.sees_acks(); }
  void bind_acks() override { queue_.bind_acks(); }
  void close_acks() override { queue_.close_acks(); }
  void unbind_acks() override { queue_.unbind_acks(); }

 private:
  Hook hook_;
  NetlinkQueue queue_;
  RawSender sender_;
  TooLong too_long_;
  std::optional<ConnectionTracking> tracking_;
};

}  // namespace latesyn
