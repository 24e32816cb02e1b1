#include "proxy/linux/rights.hpp"

#include <cap-ng.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "proxy/linux/packet_calls.hpp"
#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

/// Once they are, the caller's environment is a matter of the caller's rights only.
bool renounced = false;

bool has(capng_type_t set, unsigned capability) {
  return capng_have_capability(set, capability) == 1;
}

capng_type_t sets(unsigned set, unsigned other) { return static_cast<capng_type_t>(set | other); }

/// Of the two rights those that we may have at all, and nothing else.
void set_rights(bool effective) {
  capng_get_caps_process();
  const bool admin = has(CAPNG_PERMITTED, CAP_NET_ADMIN), raw = has(CAPNG_PERMITTED, CAP_NET_RAW);
  capng_clear(CAPNG_SELECT_CAPS);
  const auto chosen = effective ? sets(CAPNG_PERMITTED, CAPNG_EFFECTIVE) : CAPNG_PERMITTED;
  if (admin) capng_update(CAPNG_ADD, chosen, CAP_NET_ADMIN);
  if (raw) capng_update(CAPNG_ADD, chosen, CAP_NET_RAW);
  if (capng_apply(CAPNG_SELECT_CAPS) != 0) throw system_error("lay rights by");
}

/// Both user and group, and for good.
void be_caller() {
  ::prctl(PR_SET_KEEPCAPS, 1);
  const gid_t group = ::getgid();
  const uid_t user = ::getuid();
  if (::setresgid(group, group, group) != 0 || ::setresuid(user, user, user) != 0) {
    throw system_error("become the calling user");
  }
  ::prctl(PR_SET_KEEPCAPS, 0);
}

void lend(capng_act_t act) {
  capng_get_caps_process();
  capng_updatev(act, sets(CAPNG_INHERITABLE, CAPNG_AMBIENT), CAP_NET_ADMIN, CAP_NET_RAW, -1);
  // Where the kernel refuses, iptables says what it misses.
  capng_apply(static_cast<capng_select_t>(CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT));
}

}  // namespace

bool has_raised_rights() { return ::getauxval(AT_SECURE) != 0 && !renounced; }

void lay_by_raised_rights() {
  if (!has_raised_rights()) return;
  be_caller();
  set_rights(false);
}

void renounce_raised_rights() {
  if (!has_raised_rights()) return;
  capng_clear(CAPNG_SELECT_CAPS);
  if (capng_apply(CAPNG_SELECT_CAPS) != 0) throw system_error("renounce rights");
  // What is the caller's again may have its own files in /proc, as for a user namespace.
  ::prctl(PR_SET_DUMPABLE, 1);
  renounced = true;
}

void require_rights() {
  if (has_raised_rights()) set_rights(true);
  capng_get_caps_process();
  const bool admin = has(CAPNG_EFFECTIVE, CAP_NET_ADMIN), raw = has(CAPNG_EFFECTIVE, CAP_NET_RAW);
  if (admin && raw) return;
  throw std::runtime_error(fmt::format(
      "no right to take packets in: {}{}{} missing; run it with sudo, or allow it once and for "
      "all: "
      "sudo setcap cap_net_admin,cap_net_raw=ep $(command -v latesyn)",
      admin ? "" : "CAP_NET_ADMIN", admin || raw ? "" : " and ", raw ? "" : "CAP_NET_RAW"));
}

void give_up_rights() {
  constexpr std::array kKept{CAP_NET_ADMIN, CAP_NET_RAW, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH,
                             CAP_SYS_MODULE};
  capng_get_caps_process();
  // To bound what programs may get is a right, too: an ordinary user can't, and need not.
  const bool may_bound = has(CAPNG_EFFECTIVE, CAP_SETPCAP);
  std::vector<unsigned> kept;
  std::ranges::copy_if(kKept, std::back_inserter(kept),
                       [](unsigned right) { return has(CAPNG_PERMITTED, right); });
  const auto selected = may_bound ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS;
  capng_clear(selected);
  for (const unsigned right : kept) {
    capng_update(CAPNG_ADD, sets(CAPNG_PERMITTED, CAPNG_EFFECTIVE), right);
    if (may_bound) capng_update(CAPNG_ADD, CAPNG_BOUNDING_SET, right);
  }
  if (capng_apply(selected) != 0 || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    throw system_error("give up rights");
  }
}

void keep_packet_rights() {
  try {
    set_rights(true);
    if (refuse_calls_of_no_use()) return;
    spdlog::warn("could not refuse system calls to who reads packets: the kernel has no seccomp");
  } catch (const std::exception& error) {
    spdlog::warn("{}", error.what());
  }
}

LentRights::LentRights() { lend(CAPNG_ADD); }
LentRights::~LentRights() { lend(CAPNG_DROP); }

}  // namespace latesyn
