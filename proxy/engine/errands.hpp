#pragma once
// Steering by hand, in one engine: what is held, and what is done about that. Each call is bounded:
// it looks at so many places of the store, or acts on so many of what it has found there.

#include "proxy/engine/outbox.hpp"
#include "proxy/engine/terms/action.hpp"
#include "proxy/engine/terms/command.hpp"
#include "proxy/policy/rule_book.hpp"

namespace latesyn {

class Errands {
 public:
  /// What it says is of this worker's; `discarded` counts.
  Errands(Outbox& outbox, FlowTable& flows, const RuleBook& book, unsigned worker,
          std::uint64_t& discarded)
      : outbox_(outbox), flows_(flows), book_(book), worker_(worker), discarded_(discarded) {}

  /// As Engine::held.
  HeldPage held(HeldId from, std::size_t most) const;
  /// As Engine::obey.
  void obey(Time now, Errand& errand, Actions& out);

 private:
  const WaitingStore& store() const { return outbox_.store(); }
  HeldId id_of(std::uint32_t number) const;
  bool is_held(HeldId id) const;
  Held row(std::uint32_t number) const;
  void begin(Time now, Errand& errand) const;
  bool concerns(const Errand& errand, std::uint32_t number) const;
  void look_for(Time now, Errand& errand, Actions& out) const;
  void act(Time now, Errand& errand, Actions& out);
  void discard(std::uint32_t number, Time now, Actions& out);

  Outbox& outbox_;
  FlowTable& flows_;
  const RuleBook& book_;
  unsigned worker_;
  std::uint64_t& discarded_;
};

}  // namespace latesyn
