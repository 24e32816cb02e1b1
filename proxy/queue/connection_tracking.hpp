#pragma once
// The kernel's connection tracking (conntrack) as the one who shifts numbers: entries of our own
// making, through ctnetlink. Only an entry that is made there has room for offsets; one that a
// packet made takes them without an error, and does nothing. Messages are collected, and handed
// over in one system call.

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "proxy/engine/terms/action.hpp"
#include "proxy/intercept/plan.hpp"
#include "proxy/linux/netlink_socket.hpp"
#include "proxy/queue/queued_packet.hpp"

struct nlmsghdr;

namespace latesyn {

class ConnectionTracking {
 public:
  /// In the calling thread's network namespace. Throws std::runtime_error where the kernel has no
  /// ctnetlink, or does not let us use it.
  explicit ConnectionTracking(const Hook& hook);

  /// For the next flush(): to make an entry, in the place of any other of the flow; to let its data
  /// pass us by; to remove it, and one that is gone already is as good as removed.
  using Wish = std::variant<Splice, Bypass, Unsplice>;
  void add(const Wish& wish);
  void flush();

  /// Entries that the kernel did not make or change. Each reason is logged once.
  std::uint64_t failures() const { return failures_; }

 private:
  int request(nlmsghdr& message);
  void read_errors();
  int insist(const Splice& splice);
  void judge(const Wish& wish, int error);
  void note(int error, std::string_view attempt);

  Hook hook_;
  NetlinkSocket socket_;
  std::uint32_t sequence_ = 0;
  std::vector<Wish> wishes_;    // numbered from sequence_ downwards, the last with sequence_ itself
  std::vector<char> messages_;  // one for each
  std::vector<std::pair<Wish, int>> refused_;  // with its error
  std::uint64_t failures_ = 0;
  int last_error_ = 0;
};

}  // namespace latesyn
