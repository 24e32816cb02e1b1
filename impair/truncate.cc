// truncate: the end of the segment's user data is cut off; its sender has to send that again.

#include "impair/making/impairment.hpp"
#include "proxy/packet/tcp_edit.hpp"

namespace latesyn {
namespace {

constexpr std::array kParameters{
    Parameter{"keep", ParameterKind::count, "", "how many bytes of user data stay, at most"},
};

class Truncate final : public Impairment {
 public:
  explicit Truncate(const Parameters& p) : keep_(p.count("keep")) {}

  void apply(Departure departure, Passing&, Departures& out) const override {
    const std::size_t before = departure.packet.bytes.size();
    cut_payload(departure.packet, keep_);
    departure.changed = departure.changed || departure.packet.bytes.size() != before;
    out.push_back(std::move(departure));
  }
  std::string sentence() const override {
    return "keeps " + std::to_string(keep_) + " bytes of its data at most";
  }
  Effects effects() const override { return {.reorders = false}; }

 private:
  std::uint32_t keep_;
};

const Registered registered({
    .name = "truncate",
    .about = "The end of the segment's user data is cut off; lengths and checksums follow.",
    .parameters = kParameters,
    .make = make_impairment<Truncate>,
    .meant_for = kMayCarryData,
});

}  // namespace
}  // namespace latesyn
