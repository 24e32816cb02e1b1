#include <fmt/format.h>

#include <algorithm>

#include "proxy/loader/policy_sections.hpp"

namespace latesyn {
namespace {

constexpr std::uint32_t kConnectionsMax = 10'000;
constexpr std::size_t kSysctlsMax = 100;

using Sysctls = std::map<std::string, std::string>;

bool is_name_part(std::string_view part) {
  return !part.empty() && std::ranges::all_of(part, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// A name is a path below /proc/sys, so only what can be a setting of a network namespace may pass.
bool is_net_name(std::string_view name) {
  if (!name.starts_with("net.")) return false;
  for (;;) {
    const std::size_t dot = name.find('.');
    if (!is_name_part(name.substr(0, dot))) return false;
    if (dot == name.npos) return true;
    name.remove_prefix(dot + 1);
  }
}

std::string read_setting(const DocumentValue& value) {
  constexpr std::string_view kWanted =
      "a whole number, or text of at most 100 characters, one line";
  if (value.is_number()) return fmt::format("{}", value.integer());
  std::string text = value.text(kWanted);
  const bool one_line = std::ranges::none_of(text, [](char c) { return c >= 0 && c < ' '; });
  if (text.empty() || text.size() > 100 || !one_line) value.refuse(kWanted);
  return text;
}

/// TOML reads a dotted key as tables within tables: net.ipv4.tcp_rfc1337 = 1.
void read_sysctls(DocumentTable table, const std::string& prefix, Sysctls& out) {
  for (const DocumentValue& value : table.all()) {
    const std::string name = prefix + value.name();
    if (value.is_table()) {
      read_sysctls(value.table("of kernel settings"), name + ".", out);
      continue;
    }
    if (!is_net_name(name)) {
      value.fail(
          fmt::format("\"{}\" is no setting of a network namespace; names start with "
                      "\"net.\", for example net.ipv4.tcp_rfc1337",
                      name));
    }
    out[name] = read_setting(value);
    if (out.size() > kSysctlsMax) {
      value.fail(fmt::format("more than {} kernel settings; leave some out", kSysctlsMax));
    }
  }
}

Sysctls read_sysctls(DocumentTable& lab, std::string_view key) {
  Sysctls sysctls;
  if (const auto value = lab.find(key)) {
    read_sysctls(value->table("such as { \"net.ipv4.tcp_rfc1337\" = 1 }"), "", sysctls);
  }
  return sysctls;
}

Closer read_closer(const DocumentValue& value) {
  constexpr std::array<std::string_view, 3> kClosers{"client", "server", "client-reset"};
  return static_cast<Closer>(value.choice(kClosers));
}

constexpr std::string_view kBounds =
    "\">= 6.13\", \"< 6.13\", or a list of both bounds: [\">= 6.1\", \"< 6.13\"]";

/// One bound of the kernels that a scenario is about: ">= 6.13".
void read_bound(const DocumentValue& value, KernelRange& out) {
  const std::string text = value.text(kBounds);
  const std::size_t blank = text.find(' ');
  const std::string sign = text.substr(0, blank);
  const auto version = KernelVersion::parse(blank == text.npos ? "" : text.substr(blank + 1));
  if (!version || (sign != ">=" && sign != "<")) value.refuse(kBounds);
  auto& bound = sign == "<" ? out.before : out.from;
  if (bound) value.fail(fmt::format("\"{}\" twice; each bound can be said once", sign));
  bound = version;
}

KernelRange read_kernels(const DocumentValue& value) {
  KernelRange kernels;
  for (const DocumentValue& bound : value.one_or_list(kBounds, 2)) read_bound(bound, kernels);
  if (kernels.from && kernels.before && *kernels.from >= *kernels.before) {
    value.fail(fmt::format("no kernel is {}; swap the two", kernels.text()));
  }
  return kernels;
}

}  // namespace

LabSettings read_lab(const DocumentValue& section, const std::vector<Rule>& rules) {
  DocumentTable table = section.table("[lab]");
  LabSettings lab;
  if (const auto value = table.find("closes")) lab.closer = read_closer(*value);
  if (const auto value = table.find("connections")) {
    lab.connections = value->number(1, kConnectionsMax);
  }
  if (const auto value = table.find("at_once")) lab.at_once = value->number(1, lab.connections);
  if (const auto value = table.find("watch")) lab.watch = value->duration();
  if (const auto value = table.find("steps")) lab.steps = read_steps(*value, rules);
  if (const auto value = table.find("release")) lab.release = value->duration();
  if (const auto value = table.find("kernel")) lab.kernels = read_kernels(*value);
  lab.client_sysctls = read_sysctls(table, "client_sysctls");
  lab.server_sysctls = read_sysctls(table, "server_sysctls");
  table.refuse_unread();
  return lab;
}

}  // namespace latesyn
