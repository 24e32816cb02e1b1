#pragma once
// A large transfer whose every byte is checked at its end.

#include <cstddef>
#include <cstdint>
#include <span>

#include "tests/netns/router.hpp"

namespace latesyn {

/// Up to `most` bytes of the endless stream from `place` on; fewer than that beyond a megabyte.
std::span<const std::byte> bulk_bytes(std::uint64_t place, std::size_t most);

/// Writes `size` bytes that differ with their place. False where that failed.
bool send_bulk(int connection, std::uint64_t size);

/// How many bytes came before the first wrong one, the end or ten silent seconds.
std::uint64_t receive_bulk(int connection);

/// Sends from the client's host to the server's; how much arrived unharmed.
std::uint64_t upload(const Router& router, Family family, std::uint64_t size);

}  // namespace latesyn
