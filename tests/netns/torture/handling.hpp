#pragma once
// What latesyn may be doing to a connection: that decides which events it must outlive.

namespace latesyn::torture {

/// Each is true where it may be so: a connection that began while the policy changed has both.
struct Handling {
  bool relayed = false;  // the handshake is latesyn's
  bool shifted = false;  // the two halves have different numbers, and latesyn shifts them
  bool spliced = false;  // … and the kernel's connection tracking shifts them
  unsigned life = 0;     // which run of latesyn began it

  void join(const Handling& other) {
    relayed |= other.relayed;
    shifted |= other.shifted;
    spliced |= other.spliced;
  }
};

}  // namespace latesyn::torture
