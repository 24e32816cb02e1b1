#pragma once
// An engine's place among those of its run.

#include "proxy/engine/terms/shared_state.hpp"
#include "proxy/intercept/stand.hpp"
#include "proxy/intercept/worker_split.hpp"
#include "proxy/packet/tcp_view.hpp"

namespace latesyn {

struct EnginePlace {
  unsigned worker = 0, workers = 1;  // from 0; how many
  std::shared_ptr<SharedState> shared = std::make_shared<SharedState>();
  /// Whether it is given every segment that the policy's plan takes in. Figures leave out some.
  bool sees_all = true;
  Stand stand = kRouter;

  /// The worker that has the flow of a segment.
  unsigned owner_of(const TcpView& view) const {
    return workers == 1 ? worker : worker_of(view.from(), view.to(), workers);
  }
};

}  // namespace latesyn
