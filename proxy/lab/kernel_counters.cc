#include "proxy/lab/kernel_counters.hpp"

#include <fstream>
#include <sstream>

namespace latesyn {
namespace {

/// "Tcp: RtoMin ActiveOpens" and below it "Tcp: 200 7".
void read_pairs(const char* file, KernelCounters& out) {
  std::ifstream in(file);
  for (std::string names, values; std::getline(in, names) && std::getline(in, values);) {
    std::istringstream name_words(names), value_words(values);
    std::string prefix, name, value;
    name_words >> prefix;
    value_words >> value;
    prefix.pop_back();  // the colon
    while (name_words >> name && value_words >> value) {
      const std::int64_t number = std::stoll(value);
      out[prefix + name] = number;
      if (prefix == "Tcp" || prefix == "TcpExt") out[name] = number;
    }
  }
}

void read_lines(const char* file, KernelCounters& out) {
  std::ifstream in(file);
  std::string name;
  std::int64_t value = 0;
  while (in >> name >> value) out[name] = value;
}

}  // namespace

KernelCounters read_counters(const Namespace& host) {
  const Inside inside(host);
  KernelCounters out;
  // A thread's own folder: /proc/net is that of the process's first thread.
  read_pairs("/proc/thread-self/net/snmp", out);
  read_pairs("/proc/thread-self/net/netstat", out);
  read_lines("/proc/thread-self/net/snmp6", out);
  return out;
}

KernelCounters difference(const KernelCounters& before, KernelCounters after) {
  for (auto& [name, value] : after) {
    const auto was = before.find(name);
    if (was != before.end()) value -= was->second;
  }
  return after;
}

}  // namespace latesyn
