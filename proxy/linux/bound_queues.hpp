#pragma once
// Which programs have bound which of the kernel's packet queues, and what those queues lost.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proxy/linux/descriptor.hpp"

namespace latesyn {

struct BoundQueue {
  std::uint16_t number = 0;
  std::uint32_t port_id = 0;         // netlink's name for the owner: mostly its process id
  std::uint64_t dropped_full = 0;    // packets dropped because the queue was full
  std::uint64_t dropped_unread = 0;  // … because the owner's socket was full
};

/// The kernel's list for the network namespace that the calling thread was in at its making.
class BoundQueues {
 public:
  BoundQueues();
  /// Empty where the kernel has no such list: no queue has been bound since it booted.
  std::vector<BoundQueue> read() const;
  std::optional<BoundQueue> find(std::uint16_t number) const;

 private:
  Descriptor list_;
};

/// "port id 4711 (suricata)": the program's name where a process has that id.
std::string owner_text(const BoundQueue& queue);

}  // namespace latesyn
