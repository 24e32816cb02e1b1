#pragma once
// Connections at a steady pace, whether or not those before have ended: each asks once, and reads
// until the server closes.

#include <sys/epoll.h>

#include <chrono>
#include <unordered_map>
#include <vector>

#include "proxy/linux/descriptor.hpp"
#include "proxy/process/namespace.hpp"

namespace latesyn::bench {

class SteadyClients {
 public:
  /// To the server's `ports` in turn. Throws std::runtime_error.
  SteadyClients(const Namespace& host, std::vector<std::uint16_t> ports);

  /// Goes on at this pace for so long.
  void run(double per_second, std::chrono::duration<double> how_long);
  /// Waits until all have ended, or ten seconds.
  void finish();

  std::uint64_t answered() const { return answered_; }
  std::uint64_t failed() const { return failed_; }

 private:
  void open_one();
  void serve(int wait_ms);
  void serve(int fd, std::uint32_t events);
  void close(int fd, bool answered);

  const Namespace& host_;
  std::vector<std::uint16_t> ports_;
  Descriptor poll_;
  std::unordered_map<int, Descriptor> open_;
  std::uint64_t opened_ = 0, answered_ = 0, failed_ = 0;
};

}  // namespace latesyn::bench
