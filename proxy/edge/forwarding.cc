#include "proxy/edge/forwarding.hpp"

#include <spdlog/spdlog.h>

#include <fstream>

#include "proxy/edge/families.hpp"

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

}  // namespace

void warn_where_not_forwarding(const Traffic& traffic) {
  for (const Family family : kFamilies) {
    if (!traffic.has(family) || forwards(family)) continue;
    spdlog::warn(
        "{} forwarding is off, so nothing passes through here between other hosts; turn "
        "it on with: sysctl -w {}=1",
        family_name(family), setting(family));
  }
}

}  // namespace latesyn
