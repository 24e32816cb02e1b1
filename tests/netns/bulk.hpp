#pragma once
// A large transfer whose every byte is checked at its end.

#include <cstdint>

namespace latesyn {

/// Writes `size` bytes that differ with their place. False where that failed.
bool send_bulk(int connection, std::uint64_t size);

/// How many bytes came before the first wrong one, the end or ten silent seconds.
std::uint64_t receive_bulk(int connection);

}  // namespace latesyn
