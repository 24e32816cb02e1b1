// rewrite: the packet leaves with other numbers in its headers.

#include "impair/making/change.hpp"
#include "impair/making/impairment.hpp"
#include "impair/making/rewritten_field.hpp"

namespace latesyn {
namespace {

constexpr auto kParameters = [] {
  std::array<Parameter, kRewrittenFields.size() + 1> all{};
  for (std::size_t i = 0; i < kRewrittenFields.size(); ++i) all[i] = kRewrittenFields[i].parameter;
  all.back() = checksum_parameter();
  return all;
}();

class Rewrite final : public Impairment {
 public:
  explicit Rewrite(const Parameters& p) : p_(p), checksum_(p.choice("checksum")) {
    if (changes().empty()) throw BadParameter("do", "changes nothing; write for example ttl = 1");
  }

  void apply(Departure departure, Passing&, Departures& out) const override {
    change(departure, checksum_, [this](TcpEdit& edit) {
      for (const RewrittenField& field : kRewrittenFields) {
        if (const auto value = p_.number(field.parameter.key)) field.put(edit, *value);
      }
    });
    out.push_back(std::move(departure));
  }
  std::string sentence() const override { return "is rewritten: " + changes(); }
  Effects effects() const override { return {.reorders = false}; }

 private:
  std::string changes() const {
    std::string text;
    for (const RewrittenField& field : kRewrittenFields) {
      const auto value = p_.number(field.parameter.key);
      if (!value) continue;
      text += (text.empty() ? "" : ", ") + std::string(field.parameter.key) + " = ";
      text += std::to_string(*value);
    }
    return checksum_ == "right" ? text : text + (text.empty() ? "" : ", ") + "a wrong checksum";
  }
  Parameters p_;
  std::string checksum_;
};

const Registered registered({
    .name = "rewrite",
    .about = "The packet leaves with other numbers in its headers; what it has not stays away.",
    .parameters = kParameters,
    .make = make_impairment<Rewrite>,
});

}  // namespace
}  // namespace latesyn
