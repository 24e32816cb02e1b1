#include "proxy/firewall/firewall_program.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "proxy/firewall/nft_generation.hpp"
#include "proxy/linux/descriptor.hpp"
#include "proxy/linux/families.hpp"
#include "proxy/linux/rights.hpp"
#include "proxy/linux/system_error.hpp"
#include "proxy/process/command.hpp"

namespace latesyn {
namespace {

constexpr BackEnd kNft = "-nft", kLegacy = "-legacy";

std::string program(Family family, BackEnd back_end, std::string_view action) {
  return fmt::format("{}{}-{}", family == Family::v4 ? "iptables" : "ip6tables", back_end, action);
}

/// The file behind all names that it goes by.
std::optional<std::filesystem::path> file_of(const std::string& name) {
  const auto program = find_program(name);
  std::error_code error;
  const auto file = program ? std::filesystem::canonical(*program, error) : "";
  return program && !error ? std::optional(file) : std::nullopt;
}

/// Which tables the older back end has. The kernel tells root only.
std::string legacy_names(Family family) {
  return fmt::format("/proc/thread-self/net/ip{}_tables_names", family == Family::v4 ? "" : "6");
}

/// Installed, and not what is set up.
bool is_other(Family family, BackEnd back_end) {
  const auto file = file_of(program(family, back_end, "save"));
  return file && file != file_of(program(family, kUsual, "save"));
}

bool may_have(Family family, BackEnd back_end, std::string_view table) {
  return back_end != kLegacy || legacy_tables(family).contains(std::string(table));
}

std::string mend(const CommandResult& result) {
  const auto says = [&](std::string_view part) {
    return result.error.find(part) != std::string::npos;
  };
  if (says("ermission denied")) return "; run it with sudo (it needs CAP_NET_ADMIN)";
  if (says("do you need to insmod")) {
    return "; the older iptables needs modules of the kernel's: load them with: "
           "sudo modprobe -a ip_tables ip6_tables, or set up iptables-nft";
  }
  if (!says("bpf")) return "";
  return "; --workers needs the kernel's xt_bpf: load it with: sudo modprobe xt_bpf, or leave "
         "--workers out";
}

CommandResult run_program(const std::vector<std::string>& words, std::string_view input,
                          std::string_view attempt) {
  const auto error = [&](std::string_view why, std::string_view what_now) {
    return std::runtime_error(
        fmt::format("could not {}: {}: {}{}", attempt, words.front(), why, what_now));
  };
  if (!find_program(words.front())) {
    throw error("not installed", "; install it with: apt-get install iptables");
  }
  const LentRights lent;
  CommandResult result = run_command(words, input);
  if (!result.ok()) throw error(result.why(), mend(result));
  return result;
}

}  // namespace

std::set<std::string> legacy_tables(Family family) {
  std::ifstream names(legacy_names(family));
  return {std::istream_iterator<std::string>(names), {}};
}

std::vector<BackEnd> back_ends(Family family) {
  std::vector<BackEnd> all{kUsual};
  if (is_other(family, kLegacy) && !legacy_tables(family).empty()) all.push_back(kLegacy);
  if (is_other(family, kNft) && NftGeneration().read()) all.push_back(kNft);
  return all;
}

void require_sight_of_rules(Family family) {
  const std::string names = legacy_names(family);
  if (!is_other(family, kLegacy) || Descriptor(::open(names.c_str(), O_RDONLY | O_CLOEXEC))) return;
  if (errno == ENOENT) return;
  throw std::runtime_error(
      fmt::format("could not see whether the older iptables has {} rules: {}: {}; run it with sudo",
                  family_name(family), names, reason(errno)));
}

std::string save_rules(Family family, BackEnd back_end) {
  std::string all;
  for (const std::string_view table : kOwnTables) {
    if (!may_have(family, back_end, table)) continue;
    all += run_program({program(family, back_end, "save"), "-t", std::string(table)}, "",
                       fmt::format("read the {} firewall rules", family_name(family)))
               .out;
  }
  return all;
}

void restore_rules(Family family, std::string_view text, BackEnd back_end) {
  // The older back end has a lock that another program may hold: wait for it, for so many seconds.
  run_program({program(family, back_end, "restore"), "--noflush", "-w", "5"}, text,
              fmt::format("change the {} firewall rules", family_name(family)));
}

}  // namespace latesyn
