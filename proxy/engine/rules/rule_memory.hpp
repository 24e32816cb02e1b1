#pragma once
// What the policy's rules remember from packet to packet: for a flow with the flow, for a client or
// for all of a rule's packets here. Bounded; kept over a reload where the rule stays what it was.

#include <absl/container/flat_hash_map.h>

#include <list>
#include <utility>

#include "proxy/flows/flow_table.hpp"
#include "proxy/policy/policy.hpp"

namespace latesyn {

class RuleMemory {
 public:
  /// At most so many memories of flows, and so many of clients.
  RuleMemory(std::size_t of_flows, std::size_t of_clients)
      : of_flows_max_(of_flows), of_clients_max_(of_clients) {}

  /// From here on these rules hold. One that there was before, of the same name, kind and
  /// parameters, remembers what it did; what others remembered is forgotten.
  void use(const std::vector<Rule>& rules);

  /// What the rule in that place remembers for whom a packet of the flow to that side belongs to.
  /// Null where it remembers nothing, and where there is no room for one more flow's.
  Memory* of(std::size_t rule, Flow& flow, Side to);

  /// Of flows and of clients.
  std::size_t size() const { return of_flows_ + by_use_.size(); }
  /// How often there was no room.
  std::uint64_t full() const { return full_; }
  /// Clients of whom the memory made room for another's: those not seen for longest.
  std::uint64_t clients_forgotten() const { return clients_forgotten_; }

 private:
  /// A rule that remembers. Its number is another one after a reload that has changed it.
  struct Known {
    std::uint32_t number = 0;
    Rule rule;
    std::unique_ptr<Memory> own{};  // with scope "rule"
  };
  using Client = std::pair<std::uint32_t, IpAddress>;
  struct OfClient {
    Client client;
    std::unique_ptr<Memory> memory;
  };
  Memory* of_client(const Known& known, const IpAddress& client);
  Memory* of_flow(const Known& known, Flow& flow, std::optional<Side> to);
  bool is_known(std::uint32_t number) const;

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t of_flows_max_, of_clients_max_;
  std::vector<Known> known_;
  std::vector<std::size_t>
      known_of_;  // by the rule's place in the policy; kNone: remembers nothing
  std::uint32_t next_number_ = 0;
  bool reloaded_ = false;
  std::size_t of_flows_ = 0;
  std::list<OfClient> by_use_;  // the last one used first
  absl::flat_hash_map<Client, std::list<OfClient>::iterator> of_clients_;
  std::uint64_t full_ = 0, clients_forgotten_ = 0;
};

}  // namespace latesyn
