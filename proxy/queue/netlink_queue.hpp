#pragma once
// The kernel's packet queue (NFQUEUE), and beside it at times that of the plain ACKs: packets come
// out in batches, in the order that they went in, and each of them must get exactly one verdict.
// Verdicts are collected and handed over in one system call.

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "proxy/intercept/plan.hpp"
#include "proxy/linux/bound_queues.hpp"
#include "proxy/linux/netlink_socket.hpp"
#include "proxy/queue/queued_packet.hpp"

struct nlmsghdr;

namespace latesyn {

struct QueueSettings {
  std::uint32_t length = 0;  // packets that wait for their verdicts
  /// What finds no room passes, and is not dropped.
  bool fail_open = false;
};

class NetlinkQueue {
 public:
  /// Binds the hook's queue in the calling thread's network namespace. Throws std::runtime_error
  /// that tells a queue of another program from missing rights.
  NetlinkQueue(const Hook& hook, const Plan& plan);
  ~NetlinkQueue();
  NetlinkQueue(const NetlinkQueue&) = delete;
  NetlinkQueue& operator=(const NetlinkQueue&) = delete;

  /// Readable where packets wait.
  int descriptor() const;
  /// Other copy and offload settings for the packets to come. Throws std::runtime_error.
  void use(const Plan& plan);
  /// Where the plan is Take::bare, plain ACKs come out too from now on. Where they can't, they
  /// pass, and that counts as a failure.
  void bind_acks();
  /// No new ones get in, and those that are there come out next. Once they have their verdicts
  /// unbind_acks() loses nothing; it does nothing where bind_acks() has opened the queue again.
  void close_acks();
  void unbind_acks();
  bool sees_acks() const { return acks_ == Acks::open; }
  /// True where packets came while an answer of the kernel's was waited for: receive() has them,
  /// and the descriptor does not tell.
  bool holds_packets() const { return !early_.empty(); }

  /// Up to `max` packets, at most kPacketBatch, without waiting. None: the queue is empty.
  std::span<const QueuedPacket> receive(std::size_t max = kPacketBatch);

  /// Keeps the verdict on the packet that is called `id` for the next flush(): to drop it; to
  /// accept it, or to do so with other bytes, which must be those of the whole packet. An accepted
  /// packet goes on with `mark`, or with the one that it has.
  void drop(PacketId id);
  void accept(PacketId id, PacketMark mark = {});
  void replace(PacketId id, Bytes bytes, PacketMark mark = {});
  /// Hands over all verdicts. Those that the kernel has no memory for stay for the next call.
  void flush();

  /// Packets that the kernel dropped because the queue or our socket was full.
  std::uint64_t lost() const;
  /// Messages to and from the kernel that failed: refused verdicts, unreadable packets.
  std::uint64_t failures() const { return failures_; }

 private:
  nlmsghdr& add_verdict(PacketId id, int verdict, PacketMark mark, std::size_t room = 0);
  struct Slots;

  /// The kernel's answer to one configuration message: zero, or an error's number.
  int request(nlmsghdr& message);
  void bind(std::uint16_t number, const Plan& plan);
  int configure(std::uint16_t number, std::optional<std::uint8_t> command, const Plan& plan,
                const QueueSettings& settings);
  std::size_t receive_datagrams(std::size_t max);
  void read_datagram(Bytes datagram);
  void read_packet(const nlmsghdr& message);

  enum class Acks : std::uint8_t { unbound, refused, open, closed };

  Hook hook_;
  Plan plan_;
  Acks acks_ = Acks::unbound;
  std::uint64_t lost_acks_ = 0;  // in earlier bindings
  BoundQueues bound_;
  NetlinkSocket socket_;
  std::unique_ptr<Slots> slots_;
  std::vector<QueuedPacket> packets_;
  std::vector<std::byte> verdicts_;  // of which the first verdicts_used_ bytes are meant
  std::size_t verdicts_used_ = 0;
  std::uint32_t sequence_ = 0;
  /// Datagrams that came while an answer was waited for: handed out by the next receive().
  std::vector<std::vector<std::byte>> early_, early_in_use_;
  std::uint64_t failures_ = 0;
  bool said_gone_ = false;
};

}  // namespace latesyn
