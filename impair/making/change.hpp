#pragma once
// What every impairment that changes segments does around its change.

#include "impair/making/departure.hpp"
#include "impair/making/parameter.hpp"
#include "proxy/packet/tcp_edit.hpp"

namespace latesyn {

inline constexpr std::array<std::string_view, 2> kChecksums{"right", "wrong"};
constexpr Parameter checksum_parameter() {
  return {"checksum", ParameterKind::choice, "right",
          "TCP's checksum afterwards; a receiver drops a segment with a wrong one", kChecksums};
}

/// Changes the departure's segment by `edit`, a callable that takes a TcpEdit. A segment that is
/// the same afterwards counts as not changed. A "right" checksum is one that follows the change: a
/// segment whose checksum a rule has made wrong keeps a wrong one.
template <typename Edit>
void change(Departure& departure, const std::string& checksum, Edit edit) {
  const Packet before = departure.packet;
  TcpEdit bytes = TcpEdit::over(departure.packet.bytes);
  edit(bytes);
  if (checksum == "wrong") bytes.spoil_checksum();
  departure.changed = departure.changed || departure.packet != before;
}

}  // namespace latesyn
