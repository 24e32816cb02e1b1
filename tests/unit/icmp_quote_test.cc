#include "proxy/packet/icmp_quote.hpp"

#include <catch2/catch.hpp>

#include "proxy/packet/checksum.hpp"
#include "proxy/packet/hop.hpp"
#include "proxy/packet/icmp.hpp"
#include "proxy/packet/tcp_view.hpp"
#include "proxy/packet/wire.hpp"
#include "tests/unit/known_packets.hpp"

namespace latesyn::test {
namespace {

/// An error about the packet, as our own code makes it.
std::vector<std::byte> error_about(const std::vector<std::byte>& packet) {
  return build_unreachable(Unreachable::host, {packet}).bytes;
}

/// What ICMPv6 counts in besides the message: addresses, length and next header.
std::uint16_t icmp6_sum(Bytes packet) {
  std::vector<std::byte> covered(packet.begin() + 8, packet.end());
  covered.resize(covered.size() + 8);
  wire::put32(covered, covered.size() - 8, static_cast<std::uint32_t>(packet.size() - 40));
  covered.back() = std::byte{58};
  return internet_checksum(covered);
}

}  // namespace

TEST_CASE("an error names the ends of the segment that it quotes") {
  const auto error = error_about(syn_v4());
  const auto quote = IcmpQuote::over(error);
  REQUIRE(quote);
  CHECK(quote->from().text() == "192.0.2.1:40000");
  CHECK(quote->to().text() == "198.51.100.2:80");
  const auto error6 = error_about(data_v6());
  REQUIRE(IcmpQuote::over(error6));
  CHECK(IcmpQuote::over(error6)->from().text() == "[2001:db8::1]:443");
}

TEST_CASE("quoted numbers shift, and all checksums stay right") {
  auto error = error_about(syn_v4());
  IcmpQuote::over(error)->shift(error, 0x11111111, 5);
  CHECK(wire::u32(error, 28 + 20 + 4) == 0x12345678U + 0x11111111U);
  CHECK(wire::u32(error, 28 + 20 + 8) == 0);  // a SYN acknowledges nothing
  CHECK(internet_checksum(Bytes(error).subspan(20)) == 0);
  const auto quoted = Bytes(error).subspan(28);
  const auto view = std::get<TcpView>(TcpView::over(quoted));
  CHECK(tcp_checksum(view.from().address, view.to().address, quoted.subspan(20)) == 0);
}

TEST_CASE("a quoted acknowledgment shifts too, over the wrap of its numbers, in ICMPv6") {
  auto error = error_about(data_v6());
  IcmpQuote::over(error)->shift(error, 0x20, 0xffffffff);
  CHECK(wire::u32(error, 48 + 40 + 4) == 0x10);
  CHECK(wire::u32(error, 48 + 40 + 8) == 0x01020303);
  CHECK(icmp6_sum(error) == 0);
}

TEST_CASE("of a quote of 8 bytes only what is there is touched") {
  auto error = error_about(syn_v4());
  error.resize(28 + 20 + 8);
  wire::put16(error, 22, 0);
  wire::put16(error, 22, internet_checksum(Bytes(error).subspan(20)));
  IcmpQuote::over(error)->shift(error, 1, 1);
  CHECK(wire::u32(error, 28 + 20 + 4) == 0x12345679);
  CHECK(internet_checksum(Bytes(error).subspan(20)) == 0);
}

TEST_CASE("what is no error, or quotes too little or no TCP, is no quote") {
  const auto with = [](std::size_t at, std::uint8_t value) {
    auto error = error_about(syn_v4());
    wire::put8(error, at, value);
    return IcmpQuote::over(error).has_value();
  };
  CHECK(with(20, 3));
  CHECK_FALSE(with(20, 8));       // an echo request
  CHECK_FALSE(with(9, 17));       // UDP
  CHECK_FALSE(with(28 + 9, 17));  // about UDP
  CHECK_FALSE(with(28 + 7, 1));   // about a later fragment
  CHECK_FALSE(with(28, 0x60));    // about IPv6
  CHECK_FALSE(with(28, 0x4f));    // IP options longer than the quote leaves room for
  CHECK_FALSE(is_icmp(syn_v4()));
  for (std::size_t size = 0; size < 28 + 20 + 8; ++size) {
    auto error = error_about(syn_v4());
    error.resize(size);
    CHECK_FALSE(IcmpQuote::over(error));
  }
}

TEST_CASE("a wrong checksum stays wrong by as much") {
  CHECK(updated_checksum(0x1234, 7, 7) == 0x1234);
  const std::uint16_t right = updated_checksum(0xabcd, 0x12345678, 0x9abcdef0);
  CHECK(updated_checksum(right, 0x9abcdef0, 0x12345678) == 0xabcd);
}

}  // namespace latesyn::test
