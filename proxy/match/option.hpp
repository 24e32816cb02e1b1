#pragma once
// The TCP options that a segment must have, and those that it must not.

#include <vector>

#include "proxy/match/condition.hpp"

namespace latesyn {

class HasOptions final : public Condition {
 public:
  explicit HasOptions(std::vector<std::uint8_t> kinds) : kinds_(std::move(kinds)) {}

  const std::vector<std::uint8_t>& kinds() const { return kinds_; }
  bool covers(const Sight& sight) const override;
  bool includes(const Match& rule) const override;
  std::string phrase() const override;

 private:
  std::vector<std::uint8_t> kinds_;
};

/// At least one; `option` and `no_option` name them alike.
std::vector<std::uint8_t> read_options(const DocumentValue& value);
/// "mss and sack".
std::string options_text(const std::vector<std::uint8_t>& kinds);
/// True where `others` has all of `kinds`.
bool has_all(const std::vector<std::uint8_t>& others, const std::vector<std::uint8_t>& kinds);

}  // namespace latesyn
