#pragma once
// The kernel that the lab's hosts have: this one.

#include <string>

#include "proxy/values/kernel_version.hpp"

namespace latesyn {

/// "6.1.0-50-cloud-amd64".
std::string kernel_release();

/// Empty where what is about `kernels` can be shown on a kernel of this release, or where the
/// release tells no version; else why not: "it is about Linux >= 6.13, and this is 6.1.0".
std::string not_on_this_kernel(const KernelRange& kernels, const std::string& release);

}  // namespace latesyn
