#include "proxy/values/address.hpp"

#include <arpa/inet.h>  // inet_pton and inet_ntop only: text to bytes and back, no socket
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>

namespace latesyn {
namespace {

std::optional<unsigned> parse_number(std::string_view text, unsigned max) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && value <= max ? std::optional(value) : std::nullopt;
}

std::optional<PortRange> parse_ports(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = parse_number(text.substr(0, dash), 65535);
  const auto last = dash == text.npos ? first : parse_number(text.substr(dash + 1), 65535);
  if (!first || !last || *first > *last) return std::nullopt;
  return PortRange{static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)};
}

bool bit(std::span<const std::byte> bytes, std::size_t n) {
  return (std::to_integer<unsigned>(bytes[n / 8]) >> (7 - n % 8) & 1U) != 0;
}

std::optional<Prefix> make_prefix(std::string_view address,
                                  std::optional<std::string_view> length) {
  const auto parsed = IpAddress::parse(address);
  if (!parsed) return std::nullopt;
  const auto bits = static_cast<unsigned>(parsed->bytes().size() * 8);
  const auto len = length ? parse_number(*length, bits) : std::optional(bits);
  if (!len) return std::nullopt;
  for (std::size_t n = *len; n < bits; ++n) {
    if (bit(parsed->bytes(), n)) return std::nullopt;
  }
  return Prefix{*parsed, static_cast<std::uint8_t>(*len)};
}

/// What stands before, between and after the marks of `address[/length][:ports]`.
struct Parts {
  std::string_view address;
  std::optional<std::string_view> length, ports;
};

std::optional<Parts> split(std::string_view text) {
  Parts parts;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == text.npos) return std::nullopt;
    parts.address = text.substr(1, close - 1);
    rest = text.substr(close + 1);
  } else {
    const bool bare_v6 = std::ranges::count(text, ':') > 1;
    const auto end = text.find_first_of(bare_v6 ? "/" : "/:");
    parts.address = text.substr(0, end);
    rest = end == text.npos ? std::string_view{} : text.substr(end);
  }
  if (rest.starts_with('/')) {
    const auto colon = rest.find(':');
    parts.length = rest.substr(1, colon == rest.npos ? colon : colon - 1);
    rest = colon == rest.npos ? std::string_view{} : rest.substr(colon);
  }
  if (rest.starts_with(':')) {
    parts.ports = rest.substr(1);
    rest = {};
  }
  return rest.empty() ? std::optional(parts) : std::nullopt;
}

}  // namespace

IpAddress IpAddress::from_bytes(std::span<const std::byte> bytes) {
  assert(bytes.size() == 4 || bytes.size() == 16);
  IpAddress address;
  address.family_ = bytes.size() == 4 ? Family::v4 : Family::v6;
  std::ranges::copy(bytes, address.bytes_.begin());
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string terminated(text);
  std::array<std::byte, 16> bytes{};
  if (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1) {
    return from_bytes(std::span(bytes).first(4));
  }
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return from_bytes(bytes);
  return std::nullopt;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> out{};
  inet_ntop(family_ == Family::v4 ? AF_INET : AF_INET6, bytes_.data(), out.data(), out.size());
  return out.data();
}

std::string Endpoint::text() const {
  if (address.family() == Family::v4) return fmt::format("{}:{}", address.text(), port);
  return fmt::format("[{}]:{}", address.text(), port);
}

bool Prefix::contains(const IpAddress& other) const {
  if (other.family() != address.family()) return false;
  const auto mine = address.bytes();
  const auto theirs = other.bytes();
  const std::size_t whole = length / 8;
  if (!std::equal(mine.begin(), mine.begin() + static_cast<std::ptrdiff_t>(whole),
                  theirs.begin())) {
    return false;
  }
  for (std::size_t n = whole * 8; n < length; ++n) {
    if (bit(mine, n) != bit(theirs, n)) return false;
  }
  return true;
}

std::optional<EndpointRange> EndpointRange::parse(std::string_view text) {
  const auto parts = split(text);
  if (!parts) return std::nullopt;
  const auto prefix = make_prefix(parts->address, parts->length);
  const auto ports = parts->ports ? parse_ports(*parts->ports) : std::optional(PortRange{});
  if (!prefix || !ports) return std::nullopt;
  return EndpointRange{*prefix, *ports};
}

std::optional<std::string> as_address_and_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos || !IpAddress::parse(text)) return std::nullopt;
  const auto address = IpAddress::parse(text.substr(0, colon));
  const auto port = parse_number(text.substr(colon + 1), 65535);
  if (!address || !port) return std::nullopt;
  return Endpoint{*address, static_cast<std::uint16_t>(*port)}.text();
}

std::string EndpointRange::text() const {
  const bool v6 = prefix.address.family() == Family::v6;
  const bool any_port = ports == PortRange{};
  std::string out = prefix.address.text();
  if (v6 && !any_port) out = "[" + out + "]";
  if (prefix.length != prefix.address.bytes().size() * 8) out += fmt::format("/{}", prefix.length);
  if (any_port) return out;
  out += fmt::format(":{}", ports.first);
  return ports.first == ports.last ? out : out + fmt::format("-{}", ports.last);
}

}  // namespace latesyn
