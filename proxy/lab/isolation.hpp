#pragma once
// Shuts the lab off: a process in namespaces of its own, where it is the first process. Nothing in
// them has a name, and all of it dies with the process that was asked to run the lab.

#include <functional>

namespace latesyn {

/// Runs `body` as process 1 of new user (unless the caller may do without), mount, process and
/// network namespaces, and returns its result as an exit status. SIGINT, SIGTERM and SIGHUP are
/// passed on to it. The caller should have opened before what it wants to write to, and must have
/// one thread only; it stays in the new namespaces. Throws std::runtime_error that names the mend
/// where the kernel refuses. An exception of `body` is printed, and ends it with status 2.
int run_isolated(const std::function<int()>& body);

}  // namespace latesyn
