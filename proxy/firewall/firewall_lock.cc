#include "proxy/firewall/firewall_lock.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

/// A program that changes rules is given 20 s.
constexpr std::chrono::seconds kLongest(25);
constexpr int kLook_ms = 10;

/// A name that one socket of a network namespace can have, and that ends with the last descriptor.
bool take_name(const Descriptor& socket) {
  constexpr std::string_view kName = "latesyn changes the firewall";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::ranges::copy(kName, address.sun_path + 1);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + kName.size());
  const void* const place = &address;
  if (::bind(socket.get(), static_cast<const sockaddr*>(place), size) == 0) return true;
  if (errno != EADDRINUSE) throw system_error("lock the firewall rules");
  return false;
}

}  // namespace

FirewallLock::FirewallLock() : name_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
  if (!name_) throw system_error("make a socket");
  const auto last = std::chrono::steady_clock::now() + kLongest;
  while (!take_name(name_) && std::chrono::steady_clock::now() < last) {
    ::poll(nullptr, 0, kLook_ms);
  }
}

}  // namespace latesyn
