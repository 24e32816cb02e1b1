#include "proxy/values/address.hpp"

namespace latesyn::test {
namespace {

/// The text form of what was read; "" where nothing was.
std::string read(std::string_view text) {
  const auto range = EndpointRange::parse(text);
  return range ? range->text() : "";
}

bool contains(std::string_view range, std::string_view address, std::uint16_t port) {
  return EndpointRange::parse(range)->contains({*IpAddress::parse(address), port});
}

}  // namespace

TEST_CASE("every form of an endpoint range reads and writes the same") {
  const auto* const text =
      GENERATE("10.0.0.1", "10.0.0.1:80", "10.0.0.0/8", "10.0.0.0/8:80", "10.0.0.1:8000-8099",
               "0.0.0.0/0", "0.0.0.0/0:1-65535", "fd00::1", "fd00::/64", "[fd00::1]:80",
               "[fd00::]/64:80-90", "::/0", "[::]/0:443");
  CHECK(read(text) == text);
}

TEST_CASE("brackets are not needed without a port") {
  CHECK(read("[fd00::1]") == "fd00::1");
  CHECK(read("[fd00::]/64") == "fd00::/64");
}

TEST_CASE("IPv6 addresses are written in their shortest form") {
  CHECK(read("FD00:0:0:0:0:0:0:1") == "fd00::1");
}

TEST_CASE("what is no endpoint range is not read") {
  const auto* const text = GENERATE(
      "", ":80", "10.0.0", "10.0.0.1:", "10.0.0.1:80-", "10.0.0.1:90-80", "10.0.0.1:65536",
      "10.0.0.1/33", "10.0.0.1/", "10.0.0.1/8", "10.0.0.0/8/8", "10.0.0.1:80:80", "[fd00::1",
      "fd00::1]:80", "[fd00::1]80", "[10.0.0.1", "fd00::/129", "fd00::1/64", "10.0.0.1 :80",
      "10.0.0.1:+80", "10.0.0.1:0x50", "localhost:80", "fe80::1%eth0", "[]:80", "10.0.0.1:-1");
  CHECK(read(text) == "");
}

TEST_CASE("a range contains its first and last address and port, and none beside them") {
  CHECK(contains("10.1.2.0/23:80-81", "10.1.2.0", 80));
  CHECK(contains("10.1.2.0/23:80-81", "10.1.3.255", 81));
  CHECK_FALSE(contains("10.1.2.0/23:80-81", "10.1.4.0", 80));
  CHECK_FALSE(contains("10.1.2.0/23:80-81", "10.1.1.255", 80));
  CHECK_FALSE(contains("10.1.2.0/23:80-81", "10.1.2.0", 79));
  CHECK_FALSE(contains("10.1.2.0/23:80-81", "10.1.2.0", 82));
}

TEST_CASE("a range contains no address of the other family") {
  CHECK_FALSE(contains("0.0.0.0/0", "::1", 80));
  CHECK_FALSE(contains("::/0", "10.0.0.1", 80));
}

TEST_CASE("a range without ports contains them all") {
  CHECK(contains("fd00::/64", "fd00::ffff", 0));
  CHECK(contains("fd00::/64", "fd00::ffff", 65535));
}

TEST_CASE("endpoints are written with brackets where colons would confuse") {
  CHECK(Endpoint{*IpAddress::parse("10.0.0.1"), 80}.text() == "10.0.0.1:80");
  CHECK(Endpoint{*IpAddress::parse("fd00::1"), 80}.text() == "[fd00::1]:80");
}

TEST_CASE("an IPv6 address that ends like a port is also read as one with a port") {
  CHECK(as_address_and_port("fd77:2::2:8080") == "[fd77:2::2]:8080");
  CHECK(as_address_and_port("::1:80") == "[::1]:80");
  const auto* const text =
      GENERATE("fd00::8080", "fd00::2", "::1", "::", "fd00:2::2:bad", "1:2:3:4:5:6:7:80",
               "fd00:2::2:8080/128", "[fd00::2]:80", "fd00::2:99999", "10.0.0.1:80", "");
  CHECK(as_address_and_port(text) == std::nullopt);
}

}  // namespace latesyn::test
