#include "proxy/engine/recordings.hpp"

#include <algorithm>
#include <utility>

namespace latesyn {

Recordings::Recordings(const std::vector<CaptureReplay>& replays, RuleBook& book,
                       const EnginePlace& place) {
  for (const CaptureReplay& replay : replays) {
    const RuleNumber rule = book.number_of(replay.name);
    for (const RecordedPacket& recorded : replay.packets) {
      const auto view = TcpView::over(recorded.packet.bytes);
      const auto* const segment = std::get_if<TcpView>(&view);
      const unsigned owner = segment != nullptr ? place.owner_of(*segment) : 0;
      if (owner == place.worker) all_.push_back({replay.due(recorded), rule, recorded.packet});
    }
  }
  std::ranges::stable_sort(all_, {}, &Recorded::due);
}

std::optional<Recordings::Recorded> Recordings::take(Time now) {
  if (size() == 0 || all_[done_].due > now) return std::nullopt;
  return std::move(all_[done_++]);
}

std::optional<Time> Recordings::next() const {
  return size() == 0 ? std::nullopt : std::optional(all_[done_].due);
}

}  // namespace latesyn
