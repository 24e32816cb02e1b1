#include "proxy/lab/running_kernel.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

namespace latesyn {

std::string kernel_release() {
  utsname names{};
  return ::uname(&names) == 0 ? names.release : "";
}

std::string not_on_this_kernel(const KernelRange& kernels, const std::string& release) {
  const auto version = KernelVersion::of_release(release);
  if (!version || kernels.includes(*version)) return {};
  return fmt::format("it is about {}, and this is {}", kernels.text(), release);
}

}  // namespace latesyn
