#include "proxy/linux/bound_queues.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <sstream>

namespace latesyn {
namespace {

// The calling thread's: a thread of the lab may stand in another namespace than its process. An
// open file keeps showing the namespace that it was opened in.
constexpr const char* kList = "/proc/thread-self/net/netfilter/nfnetlink_queue";

std::string read_from_start(int fd) {
  std::string text;
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t size = ::pread(fd, part.data(), part.size(), static_cast<off_t>(text.size()));
    if (size <= 0) return text;
    text.append(part.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

BoundQueues::BoundQueues() : list_(::open(kList, O_RDONLY | O_CLOEXEC)) {}

std::vector<BoundQueue> BoundQueues::read() const {
  std::vector<BoundQueue> queues;
  if (!list_) return queues;
  std::istringstream lines(read_from_start(list_.get()));
  for (std::string line; std::getline(lines, line);) {
    // Columns: number, port id, waiting, copy mode, copy range, dropped, dropped unread, …
    std::istringstream columns(line);
    BoundQueue queue;
    std::uint64_t waiting = 0, copy_mode = 0, copy_range = 0;
    if (columns >> queue.number >> queue.port_id >> waiting >> copy_mode >> copy_range >>
        queue.dropped_full >> queue.dropped_unread) {
      queues.push_back(queue);
    }
  }
  return queues;
}

std::optional<BoundQueue> BoundQueues::find(std::uint16_t number) const {
  for (const BoundQueue& queue : read()) {
    if (queue.number == number) return queue;
  }
  return std::nullopt;
}

std::string owner_text(const BoundQueue& queue) {
  std::ifstream file(fmt::format("/proc/{}/comm", queue.port_id));
  std::string name;
  if (!std::getline(file, name)) return fmt::format("port id {}", queue.port_id);
  return fmt::format("port id {} ({})", queue.port_id, name);
}

}  // namespace latesyn
