// drop: the packet never leaves.

#include "impair/making/impairment.hpp"

namespace latesyn {
namespace {

class Drop final : public Impairment {
 public:
  explicit Drop(const Parameters&) {}
  void apply(Departure, Passing&, Departures&) const override {}
  std::string sentence() const override { return "is dropped"; }
  Effects effects() const override { return {.captures = false, .reorders = false}; }
};

const Registered registered({
    .name = "drop",
    .about = "The packet never leaves.",
    .parameters = {},
    .make = make_impairment<Drop>,
});

}  // namespace
}  // namespace latesyn
