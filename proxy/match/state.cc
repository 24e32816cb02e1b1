// state: how far the segment's incarnation had come before it.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bitset>

#include "proxy/document/document_reader.hpp"
#include "proxy/match/match.hpp"
#include "proxy/match/sight.hpp"

namespace latesyn {
namespace {

using ConnectionStates = std::bitset<kConnectionStateNames.size()>;

class InState final : public Condition {
 public:
  explicit InState(const ConnectionStates& states) : states_(states) {}

  void narrow(Outline& outline) const override {
    outline.splits_bundles = true;
    // Whether a handshake is complete tells the client's ACK, which may carry data.
    outline.asks_for_others |=
        has(ConnectionState::syn_received) != has(ConnectionState::established);
  }
  bool covers(const Sight& sight) const override {
    return sight.segment.state && has(*sight.segment.state);
  }
  bool includes(const Match& rule) const override {
    const auto* const other = rule.find<InState>();
    return other != nullptr && (other->states_ & ~states_).none();
  }
  std::string phrase() const override {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (states_.test(i)) names.push_back(kConnectionStateNames[i]);
    }
    return fmt::format(", in state {}", fmt::join(names, " or "));
  }

 private:
  bool has(ConnectionState state) const { return states_.test(static_cast<std::size_t>(state)); }
  ConnectionStates states_;
};

std::shared_ptr<const Condition> read_states(const DocumentValue& value) {
  ConnectionStates states;
  for (const DocumentValue& word :
       value.one_or_list("at least one state", kConnectionStateNames.size())) {
    states.set(word.choice(kConnectionStateNames));
  }
  return std::make_shared<InState>(states);
}

const RegisteredCondition state_condition({
    .key = "state",
    .subject = Subject::history,
    .takes = "a state, or a list",
    .about = "how far the segment's incarnation had come before it, by what has reached the other "
             "end. `\"syn-sent\"`: the client's SYN has not. `\"syn-received\"`: it has. "
             "`\"established\"`: the client's ACK of the server's SYN has, too. `\"half-closed\"`: "
             "a FIN from one end has. `\"closed\"`: a FIN from each, or any RST, has; the ends are "
             "in TIME-WAIT or CLOSED",
    .read = read_states,
});

}  // namespace
}  // namespace latesyn
