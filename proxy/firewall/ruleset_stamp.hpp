#pragma once
// Whether anybody has changed the machine's firewall rules: cheap enough to ask every moment, where
// to read the rules takes several programs.

#include <cstdint>
#include <vector>

#include "proxy/firewall/nft_generation.hpp"
#include "proxy/linux/descriptor.hpp"

namespace latesyn {

class RulesetStamp {
 public:
  /// Of the calling thread's network namespace. Throws std::runtime_error.
  RulesetStamp();

  /// Numbers of which at least one is another after a change: nftables' generation, and how many
  /// rules each table of the older iptables has, and of what size.
  std::vector<std::uint32_t> read();

 private:
  NftGeneration nft_;
  Descriptor v4_, v6_;
};

}  // namespace latesyn
