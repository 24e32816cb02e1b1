#pragma once
// Room in the kernel for what a socket sends or receives.

#include <sys/socket.h>

namespace latesyn {

/// Beyond the system's limit where we may, up to it where not. `force` and `ask` are
/// SO_SNDBUFFORCE and SO_SNDBUF, or the two for what is received; the kernel takes twice `bytes`.
inline void ask_for_buffer(int fd, int force, int ask, int bytes) {
  if (::setsockopt(fd, SOL_SOCKET, force, &bytes, sizeof bytes) == 0) return;
  ::setsockopt(fd, SOL_SOCKET, ask, &bytes, sizeof bytes);
}

}  // namespace latesyn
