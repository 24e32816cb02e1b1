// flags: the segment leaves with other TCP flags, so that it can become one of another kind.

#include "impair/making/change.hpp"
#include "impair/making/impairment.hpp"
#include "proxy/values/flag_names.hpp"

namespace latesyn {
namespace {

const std::uint8_t kSyn = Flags{.syn = true}.bits();
constexpr std::array kParameters{
    Parameter{"set", ParameterKind::flags, "NONE", "the flags that it has afterwards"},
    Parameter{"clear", ParameterKind::flags, "NONE", "the flags that it has not"},
    checksum_parameter(),
};

class ChangeFlags final : public Impairment {
 public:
  explicit ChangeFlags(const Parameters& p)
      : set_(p.flags("set")), clear_(p.flags("clear")), checksum_(p.choice("checksum")) {
    if ((set_ & clear_) != 0) throw BadParameter("clear", "must not name what \"set\" names");
    if ((set_ | clear_) == 0) throw BadParameter("do", "changes nothing; give set or clear");
  }

  void apply(Departure departure, Passing&, Departures& out) const override {
    change(departure, checksum_, [this](TcpEdit& edit) { edit.change_flags(set_, clear_); });
    out.push_back(std::move(departure));
  }
  std::string sentence() const override {
    return "leaves" + (set_ == 0 ? "" : " with " + flag_names(set_) + " set") +
           (set_ == 0 || clear_ == 0 ? "" : " and") +
           (clear_ == 0 ? "" : " with " + flag_names(clear_) + " cleared");
  }
  Effects effects() const override { return {.reorders = false, .makes_syns = (set_ & kSyn) != 0}; }

 private:
  std::uint8_t set_, clear_;
  std::string checksum_;
};

const Registered registered({
    .name = "flags",
    .about = "The segment leaves with other TCP flags.",
    .parameters = kParameters,
    .make = make_impairment<ChangeFlags>,
});

}  // namespace
}  // namespace latesyn
