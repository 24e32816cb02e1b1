#pragma once
// The kernel's connection tracking (conntrack) as the one who shifts numbers: entries of our own
// making, through ctnetlink. Only an entry that is made there has room for offsets; one that a
// packet made takes them without an error, and does nothing.

#include <cstdint>
#include <memory>

#include "proxy/core/action.hpp"
#include "proxy/core/plan.hpp"

struct mnl_socket;
struct nlmsghdr;

namespace latesyn {

class ConnectionTracking {
 public:
  /// In the calling thread's network namespace. Throws std::runtime_error where the kernel has no
  /// ctnetlink, or does not let us use it.
  explicit ConnectionTracking(const Hook& hook);

  /// Makes the entry, in the place of any other of the flow.
  void add(const Splice& splice);
  void change(const Bypass& bypass);
  /// An entry that is gone already is as good as removed.
  void remove(const Unsplice& unsplice);

  /// Entries that the kernel did not make or change. Each reason is logged once.
  std::uint64_t failures() const { return failures_; }

 private:
  struct Close {
    void operator()(mnl_socket* socket) const;
  };
  int request(nlmsghdr& message);
  int make(const Splice& splice);
  int erase(const FlowKey& flow);
  void note(int error, std::string_view attempt);

  Hook hook_;
  std::unique_ptr<mnl_socket, Close> socket_;
  std::uint32_t sequence_ = 0;
  std::uint64_t failures_ = 0;
  int last_error_ = 0;
};

}  // namespace latesyn
