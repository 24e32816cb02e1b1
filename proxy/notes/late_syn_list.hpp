#pragma once
// The late SYNs of a run as its notes tell of them: whoever lists or counts them reads the same
// words as the event log.

#include <algorithm>
#include <vector>

#include "proxy/notes/note.hpp"

namespace latesyn {

class LateSynList {
 public:
  /// The last that is said of an id holds. Ids are dense, but need not come in order.
  void hear(const LateSyn& late) {
    if (late.id > by_id_.size()) by_id_.resize(late.id);
    by_id_[late.id - 1] = late;
  }
  void hear(const Note& note) {
    if (const auto* judged = std::get_if<Judged>(&note)) hear(judged->late_syn);
  }

  /// Null where nothing was heard of that id.
  const LateSyn* find(std::uint32_t id) const {
    const bool heard = id != 0 && id <= by_id_.size() && by_id_[id - 1].id != 0;
    return heard ? &by_id_[id - 1] : nullptr;
  }
  /// In order of their ids.
  std::vector<LateSyn> all() const {
    std::vector<LateSyn> heard;
    std::ranges::copy_if(by_id_, std::back_inserter(heard), [](const LateSyn& l) { return l.id; });
    return heard;
  }

 private:
  std::vector<LateSyn> by_id_;  // by the id less one; its id is 0 where nothing was heard
};

}  // namespace latesyn
