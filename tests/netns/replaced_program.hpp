#pragma once
// Another program in the place of one of the system's, for one program that is started.

#include <functional>
#include <string>

#include "tests/netns/router.hpp"

namespace latesyn {

/// For ProgramSettings::before_start: where iptables or its kin is `name` ("iptables-save"), the
/// started program finds a shell script of that `text` instead. Nobody else does.
std::function<void()> with_script(const Router& router, const std::string& name,
                                  const std::string& text);

/// For the same place: the started program finds the older iptables set up, as
/// `update-alternatives --set iptables /usr/sbin/iptables-legacy` does it, and the newer beside it.
std::function<void()> with_older_iptables(const Router& router);

}  // namespace latesyn
