#include "proxy/values/flag_names.hpp"

#include <algorithm>
#include <array>

namespace latesyn {
namespace {

constexpr std::array<std::string_view, 8> kNames{"FIN", "SYN", "RST", "PSH",
                                                 "ACK", "URG", "ECE", "CWR"};
/// As iptables has it: ECE and CWR are not among them.
constexpr std::uint8_t kAll = 0x3f;
}  // namespace

std::optional<std::uint8_t> parse_flags(std::string_view list) {
  if (list == "ALL") return kAll;
  if (list == "NONE") return std::uint8_t{0};
  unsigned bits = 0;
  for (;;) {
    const std::size_t comma = list.find(',');
    const auto name = std::ranges::find(kNames, list.substr(0, comma));
    if (name == kNames.end()) return std::nullopt;
    bits |= 1U << static_cast<unsigned>(name - kNames.begin());
    if (comma == list.npos) return static_cast<std::uint8_t>(bits);
    list.remove_prefix(comma + 1);
  }
}

std::string flag_names(std::uint8_t bits) {
  std::string out;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if ((unsigned{bits} >> i & 1U) != 0) out.append(out.empty() ? "" : ",").append(kNames[i]);
  }
  return out.empty() ? "NONE" : out;
}

}  // namespace latesyn
