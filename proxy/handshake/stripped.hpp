#pragma once
// The TCP options that can't be carried across a handshake of our own, and are taken off its SYN.

#include <array>
#include <string>
#include <string_view>

#include "proxy/packet/tcp_view.hpp"

namespace latesyn {

struct StrippedOption {
  std::uint8_t kind;
  std::string_view name;
};

/// Fast Open (RFC 7413) and the experiments among which its forerunner is (RFC 6994), whose cookie
/// lets data into a handshake that is not the server's yet; MPTCP (RFC 8684), whose keys count
/// numbers of their own; MD5 (RFC 2385) and AO (RFC 5925), which sign what we change.
inline constexpr std::array<StrippedOption, 5> kStripped{{{option::kFastOpen, "Fast Open"},
                                                          {option::kExperiment2, "experiment"},
                                                          {option::kMptcp, "MPTCP"},
                                                          {option::kMd5, "MD5"},
                                                          {option::kAo, "AO"}}};

/// Whether each of kStripped is in a SYN.
using Stripped = std::array<bool, kStripped.size()>;

inline Stripped stripped_from(const TcpView& syn) {
  Stripped out{};
  for (std::size_t i = 0; i < kStripped.size(); ++i) {
    out[i] = syn.option_value(kStripped[i].kind).data() != nullptr;
  }
  return out;
}

/// "Fast Open and MPTCP"; empty for none.
inline std::string text(const Stripped& stripped) {
  std::string out;
  for (std::size_t i = 0; i < kStripped.size(); ++i) {
    if (stripped[i]) out += (out.empty() ? "" : " and ") + std::string(kStripped[i].name);
  }
  return out;
}

}  // namespace latesyn
