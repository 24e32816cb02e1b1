#include "tests/netns/bulk.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <future>
#include <vector>

#include "tests/netns/hosts.hpp"

namespace latesyn {
namespace {

// A prime: no segment or buffer size goes into it, so that a shifted byte is a wrong one.
constexpr std::size_t kPeriod = 1'048'573;

/// Two periods, so that any stretch of one can be had from it.
const std::vector<std::byte>& pattern() {
  static const std::vector<std::byte> bytes = [] {
    std::vector<std::byte> made(2 * kPeriod);
    for (std::size_t i = 0; i < made.size(); ++i) {
      made[i] = static_cast<std::byte>((i % kPeriod) * 0x9e3779b1U >> 24U);
    }
    return made;
  }();
  return bytes;
}

}  // namespace

std::span<const std::byte> bulk_bytes(std::uint64_t place, std::size_t most) {
  return std::span(pattern()).subspan(place % kPeriod, std::min(most, kPeriod));
}

bool send_bulk(int connection, std::uint64_t size) {
  for (std::uint64_t sent = 0; sent < size;) {
    const auto bytes =
        bulk_bytes(sent, static_cast<std::size_t>(std::min<std::uint64_t>(kPeriod, size - sent)));
    const ssize_t now = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (now < 0 && errno == EINTR) continue;
    if (now <= 0) return false;
    sent += static_cast<std::uint64_t>(now);
  }
  return true;
}

std::uint64_t receive_bulk(int connection) {
  std::vector<std::byte> bytes(kPeriod);
  for (std::uint64_t received = 0;;) {
    const ssize_t size = receive(connection, bytes.data(), bytes.size());
    if (size <= 0) return received;
    const auto got = static_cast<std::size_t>(size);
    if (std::memcmp(bytes.data(), bulk_bytes(received, got).data(), got) != 0) return received;
    received += got;
  }
}

std::uint64_t upload(const Router& router, Family family, std::uint64_t size) {
  std::promise<std::uint64_t> received;
  const Server server(router.network().server(), router.server(family),
                      [&](int connection) { received.set_value(receive_bulk(connection)); });
  Descriptor connection = connect_to(router.network().client(), router.server(family));
  REQUIRE(connection);
  CHECK(send_bulk(connection.get(), size));
  connection = Descriptor();
  return received.get_future().get();
}

}  // namespace latesyn
