#include <fmt/format.h>

#include "proxy/loader/policy_sections.hpp"

namespace latesyn {
namespace {

/// Every client range is paired with every server range in the firewall, for both directions.
constexpr std::size_t kRangesMax = 100;

constexpr std::string_view kWanted =
    "a list of addresses with or without ports, for example [\"10.0.0.0/8\", \"[fd00::1]:443\"]";

EndpointRange read_endpoint_range(const DocumentValue& value) {
  const std::string text = value.text("an address in quotes");
  if (const auto other = as_address_and_port(text)) {
    value.refuse(fmt::format("\"{}\" for an address with a port, or \"[{}]\" for an address alone",
                             *other, text));
  }
  const auto range = EndpointRange::parse(text);
  if (!range) {
    value.refuse(
        "an address, with a prefix length or ports where wanted: \"10.0.0.1\", \"10.0.0.0/8:80\", "
        "\"10.0.0.1:8000-8099\", \"[fd00::]/64:443\" (no bits beyond the length)");
  }
  return *range;
}

std::vector<EndpointRange> read_ranges(DocumentTable& traffic, std::string_view key) {
  std::vector<EndpointRange> ranges;
  const auto value = traffic.find(key);
  if (!value) return ranges;
  for (const DocumentValue& entry : value->list(kWanted, kRangesMax)) {
    ranges.push_back(read_endpoint_range(entry));
  }
  return ranges;
}

/// "hashed", or a number.
IsnChoice read_isn(const DocumentValue& value) {
  if (value.is_number()) return {IsnKind::fixed, value.number(0, 0xffffffff)};
  constexpr std::array<std::string_view, 1> kHashed{"hashed"};
  value.choice(kHashed);
  return {.kind = IsnKind::hashed};
}

/// What the server is told to offer. What is left out, it does not.
ServerProfile read_server_options(const DocumentValue& section) {
  DocumentTable table = section.table("such as { mss = 1460, sack_permitted = true }");
  ServerProfile profile{.options = {.mss = 536}};
  if (const auto mss = table.find("mss")) {
    profile.options.mss = static_cast<std::uint16_t>(mss->number(64, 0xffff));
  }
  if (const auto scale = table.find("window_scale")) {
    profile.options.window_scale = static_cast<std::uint8_t>(scale->number(0, 14));
  }
  if (const auto sack = table.find("sack_permitted")) {
    profile.options.sack_permitted = sack->truth();
  }
  if (const auto clock = table.find("timestamps")) profile.timestamps = clock->truth();
  table.refuse_unread();
  return profile;
}

RelayOptions read_handshake(DocumentTable& table) {
  RelayOptions options;
  if (const auto mode = table.find("handshake")) {
    options.mode = static_cast<HandshakeMode>(mode->choice(kHandshakeModeNames));
  }
  if (const auto isn = table.find("server_isn")) {
    if (!answers_client(options.mode)) {
      isn->fail(
          "only \"server-first\", \"client-first\", \"split\" and \"simultaneous\" answer the "
          "client with an ISN of ours");
    }
    options.server_isn = read_isn(*isn);
  }
  if (const auto isn = table.find("client_isn")) {
    if (!asks_server_first(options.mode)) {
      isn->fail(
          "only \"server-first\", \"split\" and \"simultaneous\" ask the server with an ISN of "
          "ours");
    }
    options.client_isn = read_isn(*isn);
  }
  if (const auto offered = table.find("server_options")) {
    if (options.mode != HandshakeMode::client_first) {
      offered->fail("only \"client-first\" answers before it knows what the server offers");
    }
    options.profile = read_server_options(*offered);
  }
  if (const auto why = table.find("unreachable")) {
    if (options.mode != HandshakeMode::unreachable) {
      why->fail("only handshake = \"unreachable\" answers with it");
    }
    options.unreachable = static_cast<Unreachable>(why->choice(kUnreachableNames));
  }
  return options;
}

}  // namespace

Traffic read_traffic(const DocumentValue& section) {
  DocumentTable table = section.table("[traffic]");
  Traffic traffic;
  traffic.servers = read_ranges(table, "servers");
  traffic.clients = read_ranges(table, "clients");
  traffic.handshake = read_handshake(table);
  if (const auto translate = table.find("translate")) {
    traffic.translate = static_cast<Translate>(translate->choice(kTranslateNames));
  }
  table.refuse_unread();
  if (!traffic.has(Family::v4) && !traffic.has(Family::v6)) {
    section.fail(
        "no client can talk to any server: the clients are of one address family and the servers "
        "of the other; name both ends of one family");
  }
  return traffic;
}

}  // namespace latesyn
