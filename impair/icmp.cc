// icmp: the segment's sender gets an ICMP or ICMPv6 error about it.

#include "proxy/packet/icmp.hpp"

#include "impair/making/cause_parameters.hpp"
#include "impair/making/impairment.hpp"

namespace latesyn {
namespace {

constexpr std::array kParameters{
    Parameter{"error", ParameterKind::choice, "", "what it says", kUnreachableNames},
    optional_number("mtu", 68, 65535, "with fragmentation-needed: the MTU; 1280 where left out"),
    original_parameter(),
    once_parameter(),
    after_parameter(),
};

class Icmp final : public Impairment {
 public:
  explicit Icmp(const Parameters& p)
      : cause_(p), error_(p.choice("error")), why_(named<Unreachable>(kUnreachableNames, error_)) {
    const auto mtu = p.number("mtu");
    if (mtu && why_ != Unreachable::fragmentation_needed) {
      throw BadParameter("mtu", "is for error = \"fragmentation-needed\"; leave it out");
    }
    if (mtu) mtu_ = static_cast<std::uint16_t>(*mtu);
  }

  void apply(Departure departure, Passing&, Departures& out) const override {
    Departure error{.packet = build_unreachable(why_, departure.packet, mtu_), .icmp = why_};
    cause_.put(std::move(departure), std::move(error), true, out);
  }
  std::string sentence() const override {
    return cause_.text() + " its sender gets the ICMP error " + error_;
  }
  Effects effects() const override { return {.reorders = false, .waits_for = cause_.once()}; }

 private:
  Cause cause_;
  std::string error_;
  Unreachable why_;
  std::uint16_t mtu_ = kLeastMtu;
};

const Registered registered({
    .name = "icmp",
    .about = "The segment's sender gets an ICMP error about it.",
    .parameters = kParameters,
    .make = make_impairment<Icmp>,
});

}  // namespace
}  // namespace latesyn
