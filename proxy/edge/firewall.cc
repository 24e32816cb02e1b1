#include "proxy/edge/firewall.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "proxy/edge/families.hpp"
#include "proxy/edge/firewall_program.hpp"

namespace latesyn {
namespace {

constexpr std::string_view kTable = "*raw\n";

/// "-D" for each "-A" of a jump to `chain`.
std::string removed_jumps(const std::string& saved, const std::string& chain) {
  std::string out;
  std::istringstream lines(saved);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("-A ") && line.ends_with(" -j " + chain)) {
      out += "-D " + line.substr(3) + "\n";
    }
  }
  return out;
}

/// One family from one set of rules to another; does nothing where both are empty.
void change(Family family, const std::string& chain, const std::string& from,
            const std::string& to) {
  if (from.empty() && to.empty()) return;
  const std::string text = transition(save_rules(family), chain, to);
  if (!text.empty()) restore_rules(family, text);
}

}  // namespace

std::string transition(const std::string& saved, const std::string& chain,
                       const std::string& rules) {
  const bool there = saved.find("\n:" + chain + " ") != std::string::npos;
  if (!there) return rules;
  const std::string jumps = removed_jumps(saved, chain);
  if (rules.empty()) return fmt::format("{0}{1}-F {2}\n-X {2}\nCOMMIT\n", kTable, jumps, chain);
  // Naming the chain again empties it; all of the text takes effect at once.
  return std::string(kTable) + jumps + rules.substr(kTable.size());
}

Firewall::Firewall(const Plan& plan, const Traffic& traffic, const Hook& hook) : hook_(hook) {
  replace(plan, traffic);
}

Firewall::~Firewall() {
  try {
    replace({.take = Take::nothing}, {});
  } catch (const std::exception& error) {
    spdlog::error("{}; what is left lets all packets by; remove it with: latesyn clean",
                  error.what());
  }
}

void Firewall::replace(const Plan& plan, const Traffic& traffic) {
  const std::string chain = chain_name(hook_);
  const auto old_rules = [&](Family f) { return firewall_rules(plan_, traffic_, hook_, f); };
  const auto new_rules = [&](Family f) { return firewall_rules(plan, traffic, hook_, f); };
  std::vector<Family> changed;
  try {
    for (const Family family : kFamilies) {
      change(family, chain, old_rules(family), new_rules(family));
      changed.push_back(family);
    }
  } catch (const std::exception&) {
    for (const Family family : changed) {
      change(family, chain, new_rules(family), old_rules(family));
    }
    throw;
  }
  plan_ = plan;
  traffic_ = traffic;
}

}  // namespace latesyn
