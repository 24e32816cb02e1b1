// handshake: who shakes hands for the connections whose first SYN matches, instead of the one that
// [traffic] names.

#include "impair/making/impairment.hpp"

namespace latesyn {
namespace {

constexpr std::array kParameters{
    Parameter{"mode", ParameterKind::choice, "", "as [traffic] handshake", kHandshakeModeNames},
    Parameter{"unreachable", ParameterKind::choice, "host-unreachable",
              "the ICMP error; with mode unreachable", kUnreachableNames},
};

class Handshake final : public Impairment {
 public:
  explicit Handshake(const Parameters& p) {
    choice_.mode = named<HandshakeMode>(kHandshakeModeNames, p.choice("mode"));
    choice_.unreachable = named<Unreachable>(kUnreachableNames, p.choice("unreachable"));
  }

  void apply(Departure departure, Passing&, Departures& out) const override {
    departure.handshake = choice_;
    out.push_back(std::move(departure));
  }
  std::string sentence() const override {
    return "begins a connection whose handshake is " + std::string(name(choice_.mode));
  }
  Effects effects() const override {
    return {.captures = false, .reorders = false, .handshake = choice_.mode};
  }

 private:
  HandshakeChoice choice_;
};

constexpr SegmentKinds kSyns = SegmentKinds().add(SegmentKind::syn);

const Registered registered({
    .name = "handshake",
    .about = "Who shakes hands for the connection that the SYN begins.",
    .parameters = kParameters,
    .make = make_impairment<Handshake>,
    .meant_for = kSyns,
});

}  // namespace
}  // namespace latesyn
