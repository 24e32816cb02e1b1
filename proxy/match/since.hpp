#pragma once
// How long ago something was when a segment came: what `after` and `before` have in common.

#include <array>

#include "proxy/match/condition.hpp"
#include "proxy/values/time.hpp"

namespace latesyn {

/// Each happens when the one before it has: less time has passed since.
enum class Since : std::uint8_t {
  start,       // latesyn started
  connection,  // the connection's client sent its first SYN
  handshake,   // its handshake was complete
  idle,        // its last segment came or left, in either direction
};
inline constexpr std::array<std::string_view, 4> kSinceNames{"start", "connection", "handshake",
                                                             "idle"};

/// A time for each Since that a condition names.
using Ages = std::array<std::optional<Duration>, kSinceNames.size()>;

/// `"10s"`, since the start; or `{ handshake = "2s" }`. `example` is a time that could be written.
Ages read_ages(const DocumentValue& value);
/// How long ago it was; none where it was not, or is not known.
std::optional<Duration> elapsed(Since since, const Sight& sight);
/// True where `holds` says so of each Since that has a time, with that time.
template <typename Holds>
bool holds_for_all(const Ages& ages, Holds holds) {
  for (std::size_t i = 0; i < ages.size(); ++i) {
    if (ages[i] && !holds(static_cast<Since>(i), *ages[i])) return false;
  }
  return true;
}
/// The time that is named for one of them.
inline const std::optional<Duration>& of(const Ages& ages, Since since) {
  return ages[static_cast<std::size_t>(since)];
}
/// What has to be seen, and remembered, to know that.
void narrow_for(const Ages& ages, Outline& outline);
/// ", at least 2s after its handshake", for each; `how` is "at least".
std::string ages_text(std::string_view how, const Ages& ages);

/// At least so much time has passed.
class After final : public Condition {
 public:
  explicit After(const Ages& ages) : ages_(ages) {}

  const Ages& ages() const { return ages_; }
  void narrow(Outline& outline) const override { narrow_for(ages_, outline); }
  bool covers(const Sight& sight) const override;
  bool includes(const Match& rule) const override;
  std::string phrase() const override { return ages_text("at least", ages_); }

 private:
  Ages ages_;
};

}  // namespace latesyn
