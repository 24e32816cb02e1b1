#pragma once
// What crossed the two links beside the proxy, as pcapng: an interface for each link, and what was
// decided as each packet's comment.

#include "proxy/intercept/stand.hpp"
#include "proxy/notes/observer.hpp"
#include "proxy/watch/pcapng.hpp"

namespace latesyn {

class Capture final : public Observer {
 public:
  /// `file` must outlive the capture; `started` is what the wall's clock showed at time zero.
  Capture(OutputFile& file, WallTime started, const Stand& stand);
  void on_note(const Note& note, Bytes packet) override;
  void on_settled(Time now) override;

 private:
  void add(const Arrived& note, Bytes packet);
  template <typename Sent>
  void add_sent(const Sent& note, Bytes packet);

  OutputFile& file_;
  PcapngWriter writer_;
  WallTime started_;
  Stand stand_;
  std::vector<std::byte> forwarded_;
};

}  // namespace latesyn
