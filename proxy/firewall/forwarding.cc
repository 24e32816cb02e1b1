#include "proxy/firewall/forwarding.hpp"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <vector>

#include "proxy/linux/families.hpp"

namespace latesyn {
namespace {

constexpr const char* setting(Family family) {
  return family == Family::v4 ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding";
}

bool forwards(Family family) {
  std::ifstream file(std::string("/proc/sys/") + setting(family));
  int value = 0;
  return !(file >> value) || value != 0;
}

std::optional<IpAddress> address_of(const sockaddr* address) {
  const void* const raw = address;
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET) {
    return IpAddress::from_bytes(
        std::as_bytes(std::span(&static_cast<const sockaddr_in*>(raw)->sin_addr, 1)));
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  return IpAddress::from_bytes(
      std::as_bytes(std::span(&static_cast<const sockaddr_in6*>(raw)->sin6_addr, 1)));
}

std::vector<IpAddress> own_addresses(Family family) {
  std::vector<IpAddress> all;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return all;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> list(first, &::freeifaddrs);
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    const auto address = address_of(each->ifa_addr);
    if (address && address->family() == family) all.push_back(*address);
  }
  return all;
}

/// An address of this host that the traffic names as an end. A router has addresses in the prefixes
/// of both sides, so that where it forwards only a whole address counts.
std::optional<IpAddress> own_end(const Traffic& traffic, Family family, bool is_router) {
  const std::vector<IpAddress> own = own_addresses(family);
  for (const auto& ends : {traffic.servers, traffic.clients}) {
    for (const EndpointRange& end : ends) {
      const Prefix& prefix = end.prefix;
      if (is_router && prefix.length != prefix.address.bytes().size() * 8) continue;
      const auto found = std::ranges::find_if(own, [&](auto& a) { return prefix.contains(a); });
      if (found != own.end()) return *found;
    }
  }
  return std::nullopt;
}

}  // namespace

void warn_where_nothing_passes(const Traffic& traffic, const Stand& stand) {
  if (!stand.forwards) return;
  for (const Family family : kFamilies) {
    if (!traffic.has(family)) continue;
    const bool is_router = forwards(family);
    if (const auto own = own_end(traffic, family, is_router)) {
      spdlog::warn(
          "{} is an address of this host, and what a host sends itself is not seen here; run "
          "latesyn on a router between client and server, or try the policy with: latesyn lab",
          own->text());
    } else if (!is_router) {
      spdlog::warn(
          "{} forwarding is off, so nothing passes through here between other hosts; turn "
          "it on with: sysctl -w {}=1",
          family_name(family), setting(family));
    }
  }
}

}  // namespace latesyn
