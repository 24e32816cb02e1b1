#pragma once
// Where packets come from and go to, as far as whoever forwards them must know: the kernel's queue
// with what stands beside it (NetfilterDevice), or whatever a test puts in its place.

#include <span>
#include <variant>
#include <vector>

#include "proxy/engine/terms/action.hpp"
#include "proxy/queue/queued_packet.hpp"

namespace latesyn {

class Device {
 public:
  Device() = default;
  virtual ~Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  /// Up to `max` packets, at most kPacketBatch, in the order in which they came, without waiting.
  /// Each of them is to get exactly one verdict.
  virtual std::span<const QueuedPacket> receive(std::size_t max) = 0;
  /// True where receive() has some that nothing else tells of.
  virtual bool holds_packets() const = 0;

  /// Keeps a verdict for the next flush(): to drop the packet; to accept it, or to do so with other
  /// bytes, which must be those of the whole packet.
  virtual void drop(PacketId id) = 0;
  virtual void accept(PacketId id, PacketMark mark) = 0;
  virtual void replace(PacketId id, Bytes bytes, PacketMark mark) = 0;
  /// Keeps a complete packet of ours for the next flush(); its bytes stay until the next call,
  /// whether or not it was sent by then.
  virtual Bytes send(Packet packet) = 0;
  /// The same for what the kernel is to do about a joined flow.
  using Wish = std::variant<Splice, Bypass, Unsplice>;
  virtual void wish(const Wish& wish) = 0;
  /// Hands everything over: first the wishes, so that numbers are shifted from now on, then what is
  /// ours to send, or it had been sent before, then the verdicts.
  virtual void flush() = 0;
  /// True where there was no room for some of it: flush() again a little later.
  virtual bool is_stuck() const = 0;
  /// Sends in the place of packets that the next link did not take what a router would. Returns the
  /// ICMP errors for those who sent them.
  virtual std::vector<Packet> replace_too_long(Time now) = 0;

  /// Whether plain ACKs come out, too, where the plan is Take::bare. No new ones do once they are
  /// closed; when those that are there have their verdicts unbind_acks() loses none.
  virtual bool sees_acks() const = 0;
  virtual void bind_acks() = 0;
  virtual void close_acks() = 0;
  virtual void unbind_acks() = 0;
};

}  // namespace latesyn
