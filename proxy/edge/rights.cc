#include "proxy/edge/rights.hpp"

#include <cap-ng.h>
#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace latesyn {
namespace {

bool has(unsigned capability) { return capng_have_capability(CAPNG_EFFECTIVE, capability) == 1; }

}  // namespace

void require_rights() {
  capng_get_caps_process();
  const bool admin = has(CAP_NET_ADMIN), raw = has(CAP_NET_RAW);
  if (admin && raw) return;
  throw std::runtime_error(fmt::format(
      "no right to take packets in: {}{}{} missing; run it with sudo, or allow it once and for "
      "all: "
      "sudo setcap cap_net_admin,cap_net_raw=ep $(command -v latesyn)",
      admin ? "" : "CAP_NET_ADMIN", admin || raw ? "" : " and ", raw ? "" : "CAP_NET_RAW"));
}

void lend_rights() {
  capng_get_caps_process();
  constexpr auto kLent = static_cast<capng_type_t>(CAPNG_INHERITABLE | CAPNG_AMBIENT);
  capng_updatev(CAPNG_ADD, kLent, CAP_NET_ADMIN, CAP_NET_RAW, -1);
  // Where the kernel refuses, iptables says what it misses.
  capng_apply(static_cast<capng_select_t>(CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT));
}

}  // namespace latesyn
