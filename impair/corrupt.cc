// corrupt: bits of the segment's user data are flipped.

#include "impair/making/change.hpp"
#include "impair/making/impairment.hpp"

namespace latesyn {
namespace {

constexpr std::array kParameters{
    Parameter{"bits", ParameterKind::count, "1", "how many bits chance picks to be flipped"},
    checksum_parameter(),
};

class Corrupt final : public Impairment {
 public:
  explicit Corrupt(const Parameters& p) : bits_(p.count("bits")), checksum_(p.choice("checksum")) {}

  void apply(Departure departure, Passing& passing, Departures& out) const override {
    const auto view = std::get<TcpView>(TcpView::over(departure.packet.bytes));
    const std::size_t size = view.payload_size();
    change(departure, checksum_, [&](TcpEdit& edit) {
      for (std::uint32_t i = 0; i < bits_ && size > 0; ++i)
        edit.flip_data_bit(passing.rng() % (size * 8));
    });
    out.push_back(std::move(departure));
  }
  std::string sentence() const override {
    return "has " + (bits_ == 1 ? "a bit" : std::to_string(bits_) + " bits") +
           " of its data flipped, under a " + checksum_ + " checksum";
  }
  Effects effects() const override { return {.reorders = false}; }

 private:
  std::uint32_t bits_;
  std::string checksum_;
};

const Registered registered({
    .name = "corrupt",
    .about = "Bits of the segment's user data are flipped.",
    .parameters = kParameters,
    .make = make_impairment<Corrupt>,
    .meant_for = kMayCarryData,
});

}  // namespace
}  // namespace latesyn
