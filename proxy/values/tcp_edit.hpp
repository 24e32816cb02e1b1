#pragma once
// Changes to a packet that we pass on, in place. What is not named here is not touched.

#include "proxy/values/packet.hpp"
#include "proxy/values/tcp_view.hpp"

namespace latesyn {

class TcpEdit {
 public:
  /// `packet` must be complete, and the same bytes that a TcpView was made over.
  static TcpEdit over(MutableBytes packet);

  /// As a router does (RFC 1812 section 5.3.1); IPv4's header checksum follows. False, and no
  /// change, where the packet has no hop left.
  [[nodiscard]] bool take_hop();
  /// Computes TCP's checksum afresh: for a packet whose sender left that to the network card.
  void complete_checksum();

 private:
  TcpEdit(MutableBytes packet, const TcpView& view) : packet_(packet), view_(view) {}
  MutableBytes packet_;
  TcpView view_;
};

}  // namespace latesyn
