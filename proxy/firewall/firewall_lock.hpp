#pragma once
// One latesyn at a time looks at the firewall rules of a network namespace and changes them. A
// change that a killed one has begun counts: the program that makes it holds the lock to its end.

#include "proxy/linux/descriptor.hpp"

namespace latesyn {

class FirewallLock {
 public:
  /// Waits for the others, for longer than any change takes; whoever holds it for longer than that
  /// is passed by: anybody in the network namespace could hold it for ever. Throws
  /// std::runtime_error where there can't be a lock.
  FirewallLock();

 private:
  Descriptor name_;  // programs that are started meanwhile inherit it
};

}  // namespace latesyn
