#pragma once
// Sends whole IP packets of either family through raw sockets, marked so that our own firewall
// rules let them by. It never waits: what the kernel has no room for is kept, within a bound, for
// the next flush. What can't be sent is counted, and each reason is logged once.

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "proxy/linux/descriptor.hpp"
#include "proxy/queue/queued_packet.hpp"

namespace latesyn {

class RawSender {
 public:
  /// So many packets of a family, and so many bytes, wait for room in the kernel at most.
  static constexpr std::size_t kWaitingMax = 16'384, kWaitingBytesMax = 64 << 20;

  /// So many that are too long for the next link are kept for who can answer for them.
  static constexpr std::size_t kTooLongMax = 1024;

  /// Opens the sockets in the calling thread's network namespace. Throws std::runtime_error.
  explicit RawSender(std::uint32_t mark);

  /// Keeps a complete packet for the next flush(); its bytes stay until the next call, whether or
  /// not it was sent by then.
  Bytes add(Packet packet);
  /// Hands all of them to the kernel, those of a family in order: one system call for many.
  void flush();
  /// True where the kernel had no room for some: flush() again a little later.
  bool is_stuck() const { return !v4_.waiting.empty() || !v6_.waiting.empty(); }
  /// Those that the next link does not take, in the length that they have, since the last call.
  /// Whoever takes them sends something in their place, or counts them.
  std::vector<Packet> take_too_long() { return std::exchange(too_long_, {}); }
  /// Counts a packet that can't be sent.
  void count_failure(int error, const Packet& packet);
  /// Packets that could not be sent, and those that wait still.
  std::uint64_t unsent() const;

 private:
  struct Lane {
    Descriptor socket;
    std::deque<Packet> waiting;
    std::size_t bytes = 0;
  };

  void send_waiting(Lane& lane);
  void take_first(Lane& lane);
  void refuse(int error, const Packet& packet);

  Lane v4_, v6_;
  std::size_t added_ = 0;     // since the last flush
  std::vector<Packet> done_;  // sent or not: somebody may still read them
  std::vector<Packet> too_long_;
  std::map<int, std::uint64_t> failures_;  // by errno
};

}  // namespace latesyn
