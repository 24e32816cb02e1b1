// strip: the segment leaves without one of its TCP options; no-operations stand in its place.

#include "impair/making/change.hpp"
#include "impair/making/impairment.hpp"
#include "proxy/packet/option_names.hpp"

namespace latesyn {
namespace {

constexpr std::array kParameters{
    Parameter{"option", ParameterKind::option, "", "which one"},
    checksum_parameter(),
};

class Strip final : public Impairment {
 public:
  explicit Strip(const Parameters& p)
      : option_(p.option("option")), checksum_(p.choice("checksum")) {}

  void apply(Departure departure, Passing&, Departures& out) const override {
    change(departure, checksum_, [this](TcpEdit& edit) { edit.blank_option(option_); });
    out.push_back(std::move(departure));
  }
  std::string sentence() const override { return "loses its " + option_name(option_); }
  Effects effects() const override { return {.reorders = false}; }

 private:
  std::uint8_t option_;
  std::string checksum_;
};

const Registered registered({
    .name = "strip",
    .about = "The segment leaves without one of its TCP options.",
    .parameters = kParameters,
    .make = make_impairment<Strip>,
});

}  // namespace
}  // namespace latesyn
