#pragma once
// Arguments and environment in the form in which exec and posix_spawn want them.

#include <map>
#include <string>
#include <vector>

namespace latesyn {

/// The words, and a null behind them. They point into `words`, which must outlive them unchanged.
std::vector<char*> pointers_to(std::vector<std::string>& words);

/// Our own environment, with these instead of its own of the same names: "NAME=value" each.
std::vector<std::string> environment_with(const std::map<std::string, std::string>& added);

}  // namespace latesyn
