#include "proxy/handshake/handshake_page.hpp"

#include <fmt/format.h>

#include "proxy/handshake/handshake.hpp"

namespace latesyn {
namespace {

constexpr std::array<std::string_view, kHandshakeModeNames.size()> kAbout{
    "The ends shake hands themselves, and rules act on their segments. There is no table: latesyn "
    "keeps out.",
    "The client's SYN ends at latesyn, which asks the server and answers the client with what the "
    "server answered. A refused port stays refused, a dead server a timeout.",
    "latesyn answers the client at once, with window 0, and asks the server when the client has "
    "acknowledged that. A closed port is a connect() that succeeds, and then a reset.",
    "As server-first, but the SYN-ACK reaches the client as two messages: an ACK, which a client "
    "in SYN-SENT ignores, and a SYN, which it answers with a SYN-ACK.",
    "As server-first, but the client gets the server's SYN alone, which seems to have crossed its "
    "own (RFC 9293 figure 7), and later its SYN-ACK. Where both ends really open, the server's own "
    "SYN and SYN-ACK pass.",
    "What if two messages were enough? Of a late SYN, and only of that, the server's SYN-ACK is "
    "acknowledged in the client's place, and what the client says to it is swallowed.",
    "Every SYN is answered as a closed port does.",
    "Every SYN is answered with an ICMP or ICMPv6 error.",
    "No SYN is answered.",
};

std::string said_text(const HandshakeRow& row) {
  std::string out;
  if (row.to_server != Say::nothing) out += fmt::format("{} to the server", name(row.to_server));
  if (row.to_client != Say::nothing) {
    out += fmt::format("{}{} to the client", out.empty() ? "" : ", ", name(row.to_client));
  }
  return row.goes_on ? out + (out.empty() ? "it goes on" : ", it goes on") : out;
}

std::string diagram(HandshakeMode mode) {
  std::string out = "```mermaid\nstateDiagram-v2\n  [*] --> idle\n";
  for (const HandshakeRow& row : kHandshake) {
    if (row.mode != mode) continue;
    const std::string said = said_text(row);
    out += fmt::format("  {} --> {}: {}{}{}\n", name(row.when), name(row.then), name(row.saw),
                       said.empty() ? "" : " / ", said);
  }
  return out + "```\n";
}

std::string table(HandshakeMode mode) {
  std::string out = "\n| when | sees | then | says |\n| --- | --- | --- | --- |\n";
  for (const HandshakeRow& row : kHandshake) {
    if (row.mode != mode) continue;
    const std::string said = said_text(row);
    out += fmt::format("| {} | {} | {} | {} |\n", name(row.when), name(row.saw), name(row.then),
                       said.empty() ? "nothing" : said);
  }
  return out;
}

}  // namespace

std::string handshake_page() {
  std::string out =
      "# How latesyn shakes hands\n\n"
      "Drawn from the table in `proxy/handshake/handshake.hpp` by `latesyn states`; a test fails "
      "when "
      "the "
      "two differ.\nA pair of stage and event without a row changes nothing. Once the halves are "
      "joined, segments cross from one to the\nother, their numbers shifted where they differ "
      "(`proxy/handshake/join.hpp`). `[traffic] handshake` chooses the mode.\n";
  for (std::size_t i = 0; i < kHandshakeModeNames.size(); ++i) {
    const auto mode = static_cast<HandshakeMode>(i);
    out += fmt::format("\n## {}\n{}\n", name(mode), kAbout[i]);
    if (mode != HandshakeMode::pass) out += "\n" + diagram(mode) + table(mode);
  }
  return out;
}

}  // namespace latesyn
