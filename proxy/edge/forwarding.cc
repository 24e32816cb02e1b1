#include "proxy/edge/forwarding.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>

#include "proxy/edge/firewall_program.hpp"

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

bool concerns(const std::vector<EndpointRange>& ends, Family family) {
  return ends.empty() || std::ranges::any_of(ends, [family](const EndpointRange& range) {
           return range.prefix.address.family() == family;
         });
}

}  // namespace

void warn_where_not_forwarding(const Traffic& traffic) {
  for (const Family family : {Family::v4, Family::v6}) {
    if (!concerns(traffic.clients, family) || !concerns(traffic.servers, family)) continue;
    if (forwards(family)) continue;
    spdlog::warn(
        "{} forwarding is off, so nothing passes through here between other hosts; turn "
        "it on with: sysctl -w {}=1",
        family_name(family), setting(family));
  }
}

}  // namespace latesyn
