#pragma once
// A number for a text that is the same in each run and on each machine, unlike a hash table's.

#include <cstdint>
#include <string_view>

namespace latesyn {

/// FNV-1a of 64 bits (Fowler, Noll, Vo): good for keys, not against an adversary.
constexpr std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace latesyn
