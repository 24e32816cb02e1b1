#pragma once
// Sends whole IP packets of either family through raw sockets, marked so that our own firewall
// rules let them by. What can't be sent is counted, and each reason is logged once.

#include <cstdint>
#include <map>

#include "proxy/edge/descriptor.hpp"
#include "proxy/values/packet.hpp"

namespace latesyn {

class RawSender {
 public:
  /// Opens the sockets in the calling thread's network namespace. Throws std::runtime_error.
  explicit RawSender(std::uint32_t mark);

  /// `packet` must be complete. False where the kernel did not take it.
  bool send(Bytes packet);
  /// Packets that could not be sent, by errno.
  const std::map<int, std::uint64_t>& failures() const { return failures_; }

 private:
  Descriptor v4_, v6_;
  std::map<int, std::uint64_t> failures_;
};

}  // namespace latesyn
