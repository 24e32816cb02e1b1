#pragma once
// Shuts the lab off: a process in namespaces of its own, where it is the first process. Nothing in
// them has a name, and all of it dies with the process that was asked to run the lab.

#include <functional>

namespace latesyn {

/// Runs `body` as process 1 of new user (unless the caller may do without), mount, process and
/// network namespaces, and returns its result as an exit status. SIGINT, SIGTERM and SIGHUP are
/// passed on to it. The caller should have opened before what it wants to write to, and must have
/// one thread only. An exception of `body`, or a refusal of the kernel with its mend, is printed,
/// and ends it with status 2. Throws std::runtime_error where not even a process can be started.
int run_isolated(const std::function<int()>& body);

}  // namespace latesyn
