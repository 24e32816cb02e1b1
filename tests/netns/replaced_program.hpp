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

}  // namespace latesyn
