// forge: a segment of ours follows, or replaces, one that an end has sent.

#include "impair/making/cause_parameters.hpp"
#include "impair/making/forged_segment.hpp"
#include "impair/making/impairment.hpp"
#include "proxy/values/flag_names.hpp"

namespace latesyn {
namespace {

constexpr std::array<std::string_view, 2> kEnds{"receiver", "sender"}, kStamps{"valid", "none"};
constexpr std::array kParameters{
    Parameter{"to", ParameterKind::choice, "receiver", "who gets it, in the other's name", kEnds},
    Parameter{"flags", ParameterKind::flags, "RST", "its flags"},
    optional_offset("seq_by", "how far its SEQ is from the next expected"),
    optional_offset("ack_by", "how far its ACK is from all that was sent"),
    optional_number("window", 0, 65535, "its window; 64240 where left out"),
    optional_number("payload", 0, 1400, "how many zero bytes it carries"),
    optional_number("from_port", 1, 65535, "its source port, where it is another"),
    Parameter{"timestamps", ParameterKind::choice, "valid", "those of the connection", kStamps},
    original_parameter(),
    once_parameter(),
    after_parameter()};

class Forge final : public Impairment {
 public:
  explicit Forge(const Parameters& p) : p_(p), cause_(p), flags_(p.flags("flags")) {}

  void apply(Departure departure, Passing&, Departures& out) const override {
    const auto view = std::get<TcpView>(TcpView::over(departure.packet.bytes));
    SegmentSpec spec = to_sender() ? answer_to(view) : sequel_to(view, cause_.passes());
    spec.flags = Flags::from_bits(flags_);
    if (spec.flags.syn && !to_sender()) spec.seq = view.seq();  // beside it, not behind it
    cause_.put(std::move(departure), adjusted(spec, to_sender(), p_), to_sender(), out);
  }
  std::string sentence() const override {
    return cause_.text() + " its " + p_.choice("to") + " gets a forged " + flag_names(flags_);
  }
  Effects effects() const override {
    const bool syn = Flags::from_bits(flags_).syn;
    const Forges forges = syn ? Forges::nothing : cause_.forges();
    return {.reorders = false, .makes_syns = syn, .forges = forges, .waits_for = cause_.once()};
  }

 private:
  bool to_sender() const { return p_.choice("to") == "sender"; }
  Parameters p_;
  Cause cause_;
  std::uint8_t flags_;
};

const Registered registered({
    .name = "forge",
    .about = "A segment of ours follows, or takes the place of, one.",
    .parameters = kParameters,
    .make = make_impairment<Forge>,
});

}  // namespace
}  // namespace latesyn
