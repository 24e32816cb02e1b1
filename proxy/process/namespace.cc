#include "proxy/process/namespace.hpp"

#include <fcntl.h>
#include <sched.h>

#include <cstdlib>

#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

void enter(const Namespace& there) {
  if (::setns(there.descriptor(), CLONE_NEWNET) != 0) {
    throw system_error("enter a network namespace");
  }
}

void leave_for_a_new_one() {
  if (::unshare(CLONE_NEWNET) != 0) throw system_error("make a network namespace");
}

}  // namespace

Namespace Namespace::current() {
  Descriptor fd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!fd) throw system_error("open /proc/thread-self/ns/net");
  return Namespace(std::move(fd));
}

Namespace Namespace::make() {
  const Namespace home = current();
  leave_for_a_new_one();
  Namespace made = current();
  enter(home);
  return made;
}

Inside::Inside(const Namespace& there) : home_(Namespace::current()) { enter(there); }

Inside::~Inside() {
  // Going on in the wrong namespace would change somebody else's network.
  if (::setns(home_.descriptor(), CLONE_NEWNET) != 0) std::abort();
}

}  // namespace latesyn
