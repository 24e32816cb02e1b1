#pragma once
// Errors of system calls as one sentence: what was attempted, then the kernel's reason.

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace latesyn {

/// "No such file or directory"
inline std::string reason(int error) { return std::strerror(error); }

/// "could not open x: No such file or directory"
inline std::runtime_error system_error(std::string_view attempt, int error = errno) {
  return std::runtime_error("could not " + std::string(attempt) + ": " + reason(error));
}

}  // namespace latesyn
