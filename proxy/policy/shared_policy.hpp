#pragma once
// A policy in use. It is loaded once, at the start and at each reload; the threads that decide by
// it share it, and none of them can change it.

#include <memory>
#include <utility>

#include "proxy/policy/policy.hpp"

namespace latesyn {

class SharedPolicy {
 public:
  /// Only of one that is given away: nobody copies a policy, and its captures, by mistake.
  SharedPolicy(Policy&& policy) : policy_(std::make_shared<const Policy>(std::move(policy))) {}
  /// For a use that ends before the policy does.
  static SharedPolicy borrowed(const Policy& policy) { return SharedPolicy(&policy); }

  const Policy& operator*() const { return *policy_; }
  const Policy* operator->() const { return policy_.get(); }

 private:
  explicit SharedPolicy(const Policy* policy) : policy_(std::shared_ptr<void>(), policy) {}

  std::shared_ptr<const Policy> policy_;  // never null
};

}  // namespace latesyn
