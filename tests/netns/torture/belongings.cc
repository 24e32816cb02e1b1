#include "tests/netns/torture/belongings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "proxy/process/command.hpp"

namespace latesyn::torture {
namespace {

/// Rules, and chains that some program has made: those of the kernel's own have a policy.
void add_rules(const char* program, std::vector<std::string>& all) {
  const CommandResult saved = run_command({program});
  if (!saved.ok()) throw std::runtime_error(fmt::format("{}: {}", program, saved.why()));
  std::istringstream lines(saved.out);
  for (std::string line; std::getline(lines, line);) {
    const bool is_made = line.starts_with(":") && line.find(" - [") != std::string::npos;
    if (is_made || line.starts_with("-A ")) all.push_back(fmt::format("{} {}", program, line));
  }
}

/// One that has just ended has no namespace any more.
void add_processes(const Namespace& router, std::vector<std::string>& all) {
  struct stat home {};
  if (::fstat(router.descriptor(), &home) != 0) throw std::runtime_error("no namespace");
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string number = entry.path().filename();
    if (!std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; })) continue;
    struct stat its {};
    const bool is_there = ::stat((entry.path() / "ns/net").c_str(), &its) == 0;
    if (!is_there || its.st_ino != home.st_ino || number == std::to_string(::getpid())) continue;
    std::string name;
    std::getline(std::ifstream(entry.path() / "comm"), name);
    all.push_back(fmt::format("{} ({})", number, name));
  }
}

void add_mounts(std::vector<std::string>& all) {
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    if (line.find(" - nsfs ") != std::string::npos) all.push_back(line);
  }
}

}  // namespace

Belongings belongings(const Namespace& router) {
  Belongings all;
  {
    const Inside inside(router);
    add_rules("iptables-save", all.rules);
    add_rules("ip6tables-save", all.rules);
  }
  add_processes(router, all.processes);
  add_mounts(all.mounts);
  return all;
}

std::string text(const Belongings& all) {
  return fmt::format("rules {}, processes {}, mounts {}", all.rules, all.processes, all.mounts);
}

}  // namespace latesyn::torture
