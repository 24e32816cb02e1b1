#include "proxy/firewall/firewall.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <sstream>

#include "proxy/firewall/firewall_lock.hpp"
#include "proxy/firewall/firewall_program.hpp"
#include "proxy/linux/families.hpp"

namespace latesyn {
namespace {

/// The part of `text` that is about one table, from "*raw" to its COMMIT; empty where there is
/// none.
std::string_view part_of(std::string_view text, std::string_view table) {
  const auto head = fmt::format("*{}\n", table);
  const std::size_t at = text.starts_with(head) ? 0 : text.find("\n" + head);
  if (at == std::string_view::npos) return {};
  const std::string_view from = text.substr(at == 0 ? 0 : at + 1);
  constexpr std::string_view kEnd = "COMMIT\n";
  return from.substr(0, from.find(kEnd) + kEnd.size());
}

/// "-D" for each "-A" of a jump to `chain`.
std::string removed_jumps(std::string_view saved, const std::string& chain) {
  std::string out;
  std::istringstream lines{std::string(saved)};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("-A ") && line.ends_with(" -j " + chain)) {
      out += "-D " + line.substr(3) + "\n";
    }
  }
  return out;
}

bool has_chain(std::string_view saved, const std::string& chain) {
  return saved.find("\n:" + chain + " ") != std::string_view::npos;
}

std::string table_transition(std::string_view table, std::string_view saved,
                             const std::string& chain, std::string_view rules) {
  if (!has_chain(saved, chain)) return std::string(rules);
  const std::string head = fmt::format("*{}\n{}", table, removed_jumps(saved, chain));
  if (rules.empty()) return fmt::format("{0}-F {1}\n-X {1}\nCOMMIT\n", head, chain);
  // Naming the chain again empties it; all of the text takes effect at once.
  return head + std::string(rules.substr(rules.find('\n') + 1));
}

/// One family from one set of rules to another; does nothing where both are empty.
void change(Family family, const std::string& chain, const std::string& from,
            const std::string& to) {
  if (from.empty() && to.empty()) return;
  const FirewallLock lock;
  const std::string text = transition(save_rules(family), chain, to);
  if (!text.empty()) restore_rules(family, text);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// As many rules, and as many jumps to them, as are meant. How iptables-save words a rule is its
/// own business, so words are not compared.
bool has_all(std::string_view there, std::string_view meant, const std::string& chain) {
  const auto count = [&](std::string_view text, auto is_one) {
    return std::ranges::count_if(lines_of(text), is_one);
  };
  const auto is_rule = [&](const std::string& line) {
    return line.starts_with("-A " + chain + " ");
  };
  const auto is_jump = [&](const std::string& line) { return line.ends_with(" -j " + chain); };
  return count(there, is_rule) == count(meant, is_rule) &&
         count(there, is_jump) == count(meant, is_jump);
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

/// The chains of other runs that packets come to at the same hook of the kernel's.
void find_others(std::string_view there, const HookPoint& hook, const std::string& chain,
                 Standing& standing) {
  const std::string from_hook = fmt::format("-A {} ", hook.chain);
  constexpr std::string_view kJump = " -j ";
  bool seen = false;
  for (const std::string& line : lines_of(there)) {
    const std::size_t jump = line.rfind(kJump);
    if (!line.starts_with(from_hook) || jump == std::string::npos) continue;
    const std::string target = line.substr(jump + kJump.size());
    if (target == chain) seen = true;
    if (target == chain || !target.starts_with(kChainPrefix)) continue;
    add_once(seen ? standing.behind : standing.ahead, target);
  }
}

}  // namespace

std::string transition(const std::string& saved, const std::string& chain,
                       const std::string& rules) {
  // Each table's part takes effect by itself. The tables that packets were not seen in come first:
  // in between packets are led to the queue by both (queue_move.hpp), and not by none.
  std::string first, then;
  for (const std::string_view table : kOwnTables) {
    const auto there = part_of(saved, table), meant = part_of(rules, table);
    std::string& out = has_chain(there, chain) ? then : first;
    out += table_transition(table, there, chain, meant);
  }
  return first + then;
}

Standing standing_in(const std::string& saved, const Hook& hook, const std::string& rules) {
  const std::string chain = chain_name(hook);
  Standing standing;
  for (const std::string_view table : kOwnTables) {
    const auto there = part_of(saved, table), meant = part_of(rules, table);
    standing.whole = standing.whole && has_all(there, meant, chain);
    if (meant.empty()) continue;
    for (const HookPoint& at : hook.stand.traffic) find_others(there, at, chain, standing);
  }
  return standing;
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

void Firewall::put_back() {
  for (const Family family : kFamilies) {
    const std::string rules = firewall_rules(plan_, traffic_, hook_, family);
    change(family, chain_name(hook_), rules, rules);
  }
}

Standing Firewall::standing(Family family) const {
  const std::string rules = firewall_rules(plan_, traffic_, hook_, family);
  if (rules.empty()) return {};
  return standing_in(save_rules(family), hook_, rules);
}

void Firewall::replace(const Plan& plan, const Traffic& traffic) {
  const std::string chain = chain_name(hook_);
  const auto old_rules = [&](Family f) { return firewall_rules(plan_, traffic_, hook_, f); };
  const auto new_rules = [&](Family f) { return firewall_rules(plan, traffic, hook_, f); };
  std::vector<Family> changed;
  try {
    for (const Family family : kFamilies) {
      // First noted, then changed: where a later table fails the ones before it are changed.
      changed.push_back(family);
      change(family, chain, old_rules(family), new_rules(family));
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
