#pragma once
// Sends whole IP packets of either family through raw sockets, marked so that our own firewall
// rules let them by. What can't be sent is counted, and each reason is logged once.

#include <cstdint>
#include <map>
#include <vector>

#include "proxy/edge/descriptor.hpp"
#include "proxy/values/packet.hpp"

namespace latesyn {

class RawSender {
 public:
  /// So many packets go to the kernel at once.
  static constexpr std::size_t kBatch = 64;

  /// Opens the sockets in the calling thread's network namespace. Throws std::runtime_error.
  explicit RawSender(std::uint32_t mark);

  /// Keeps a complete packet for the next flush(); its bytes stay until the next call, whether or
  /// not it was sent by then.
  Bytes add(Packet packet);
  /// Hands all of them to the kernel, in order: one system call for many of one family.
  void flush();
  /// Packets that could not be sent, by errno.
  const std::map<int, std::uint64_t>& failures() const { return failures_; }

 private:
  void count_failure(int error, const Packet& packet);

  Descriptor v4_, v6_;
  std::vector<Packet> waiting_, sent_;
  std::map<int, std::uint64_t> failures_;
};

}  // namespace latesyn
