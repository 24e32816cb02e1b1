#pragma once
// Packets as no kernel would make them: sent raw by one host, and seen on the link of the other.

#include <functional>
#include <optional>

#include "proxy/linux/descriptor.hpp"
#include "proxy/packet/packet.hpp"
#include "proxy/packet/tcp_view.hpp"
#include "proxy/process/namespace.hpp"

namespace latesyn {

/// Sends whole IP packets, whatever is in them.
class RawHost {
 public:
  explicit RawHost(const Namespace& host);
  void send(const Packet& packet);

 private:
  Descriptor v4_, v6_;
};

/// Sees every IP packet on a host's link, before its kernel makes anything of it.
class LinkTap {
 public:
  explicit LinkTap(const Namespace& host);
  /// Waits for a packet whose last bytes are `tail`; false where none comes in ten seconds.
  [[nodiscard]] bool sees(Bytes tail);
  /// Waits for a segment of which all is there, and that is `wanted`; none where none comes in a
  /// second.
  std::optional<Packet> next(const std::function<bool(const TcpView&)>& wanted);
  /// The same for a packet with `part` anywhere in it.
  [[nodiscard]] bool sees_part(Bytes part);

 private:
  Descriptor fd_;
};

}  // namespace latesyn
