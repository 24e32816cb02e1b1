#pragma once
// Who takes part in a run, and so what of a policy's expectations can be told afterwards. What
// nobody can tell is neither true nor false: it is said when the policy is loaded, and not judged.

#include <string>
#include <vector>

#include "proxy/policy/expectation.hpp"

namespace latesyn {

struct Witnesses {
  /// Both hosts are the lab's: their sockets and counters can be read.
  bool lab = false;
  /// Programs of the user's stand in the place of the built-in ends.
  bool client_command = false, server_command = false;
};

/// What is left of an [[expect]] where some of it can't be told.
struct Told {
  Expectation judged;
  /// Of each key that is not in `judged` any more: `"accepted": only the lab can tell`.
  std::vector<std::string> untold;
};
Told told_by(const Witnesses& witnesses, Expectation expectation);

/// The same of all, each behind the number of its [[expect]].
std::vector<std::string> untold_by(const Witnesses& witnesses,
                                   const std::vector<Expectation>& expectations);

}  // namespace latesyn
