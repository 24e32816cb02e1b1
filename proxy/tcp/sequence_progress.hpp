#pragma once
// How far the two ends of a connection have come, for packets of ours that leave later than they
// were made: their numbers are those of the moment of leaving. It is kept only where a policy has
// such packets, and then every segment is taken in.

#include <array>
#include <optional>

#include "impair/making/departure.hpp"
#include "proxy/handshake/join.hpp"
#include "proxy/packet/segment.hpp"

namespace latesyn {

class SequenceProgress {
 public:
  /// An end has sent this.
  void sent(const Segment& segment, const TcpView& view);
  /// It has reached the other end.
  void arrived(const Segment& segment);

  /// The numbers that a packet of ours for `to` has now, where it had `then` when it was made: in
  /// the words of the end in whose name it speaks, or of the one that it goes to. `join` is what
  /// lies between the two. What is not known of the connection stays as it was then.
  SegmentNumbers now(const SegmentNumbers& then, Side to, std::uint32_t connection,
                     const Join& join) const;

 private:
  struct End {
    std::optional<Seq> behind;   // all that it has sent
    std::optional<Seq> reached;  // behind all of that that has reached the other end
    std::optional<Seq> acked;    // all that it has acknowledged
    std::optional<Timestamps> clock;
  };
  /// Of a connection, by its number; behind it the one before on the same ports.
  struct Lifetime {
    std::uint32_t connection = 0;
    std::array<End, 2> ends{};
    End& end(Side side) { return ends[static_cast<std::size_t>(side)]; }
    const End& end(Side side) const { return ends[static_cast<std::size_t>(side)]; }
  };
  const Lifetime* life(std::uint32_t connection) const;
  Lifetime* life(std::uint32_t connection);

  std::array<Lifetime, 2> lives_{};
};

}  // namespace latesyn
