#include "proxy/process/sysctls.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

void write_setting(const std::string& name, const std::string& value) {
  const std::string attempt = fmt::format("set {} = {} in the lab", name, value);
  if (!name.starts_with("net.")) {
    throw std::runtime_error("could not " + attempt +
                             ": only settings below net. are a host's own");
  }
  std::string path = name;
  std::ranges::replace(path, '.', '/');
  const Descriptor fd(::open(("/proc/sys/" + path).c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd) {
    throw std::runtime_error(system_error(attempt).what() +
                             (errno == ENOENT ? std::string("; this kernel has no such setting for "
                                                            "a network namespace")
                                              : std::string()));
  }
  if (::write(fd.get(), value.data(), value.size()) < 0) throw system_error(attempt);
}

}  // namespace

void set_sysctls(const Namespace& there, const std::map<std::string, std::string>& settings) {
  const Inside inside(there);
  for (const auto& [name, value] : settings) write_setting(name, value);
}

}  // namespace latesyn
