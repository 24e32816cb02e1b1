#include "proxy/edge/firewall_program.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "proxy/edge/command.hpp"
#include "proxy/edge/families.hpp"
#include "proxy/edge/rights.hpp"

namespace latesyn {
namespace {

std::string program(Family family, std::string_view action) {
  return fmt::format("{}-{}", family == Family::v4 ? "iptables" : "ip6tables", action);
}

std::string mend(const CommandResult& result) {
  const auto says = [&](std::string_view part) {
    return result.error.find(part) != std::string::npos;
  };
  if (says("ermission denied")) return "; run it with sudo (it needs CAP_NET_ADMIN)";
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

std::string save_rules(Family family) {
  std::string all;
  for (const std::string_view table : kOwnTables) {
    all += run_program({program(family, "save"), "-t", std::string(table)}, "",
                       fmt::format("read the {} firewall rules", family_name(family)))
               .out;
  }
  return all;
}

void restore_rules(Family family, std::string_view text) {
  // The older back end has a lock that another program may hold: wait for it, for so many seconds.
  run_program({program(family, "restore"), "--noflush", "-w", "5"}, text,
              fmt::format("change the {} firewall rules", family_name(family)));
}

}  // namespace latesyn
