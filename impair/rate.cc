// rate: packets leave one after the other, no faster than so many bits a second; what finds too
// many before it is dropped.

#include "impair/making/remembers.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

constexpr std::array kParameters{
    Parameter{"to", ParameterKind::rate, "", "how fast"},
    Parameter{"burst", ParameterKind::size, "0B", "how much may go at once after a silence"},
    Parameter{"queue", ParameterKind::backlog, "200ms",
              "how long one waits for its turn at most, or behind how many bytes; it is dropped "
              "where it would be more"},
    optional_number("overhead", -32, 1000, "bytes added to each packet's size, from its IP header"),
    scope_parameter(),
};

/// When the last one has left; none before the first.
using Line = std::optional<Time>;

class Rate final : public Remembers<Line> {
 public:
  explicit Rate(const Parameters& p)
      : rate_(p.rate("to")),
        burst_(p.size("burst")),
        queue_(p.backlog("queue")),
        overhead_(p.number("overhead").value_or(0)),
        scope_(scope(p)) {}
  using Remembers::apply;

  void apply(Departure departure, Passing& passing, Line& line, Departures& out) const override {
    const Time now = passing.now, earliest = now - rate_.time_of(burst_);
    const Time turn = std::max(line.value_or(earliest), earliest);
    if (turn - now > longest()) return;
    line = turn + rate_.time_of({passing.wire_size + overhead_});
    departure.after = longer(departure.after, std::max(*line - now, Duration::zero()));
    out.push_back(std::move(departure));
  }
  Effects effects() const override { return {.waits = Waits::variously, .remembers = scope_}; }
  std::string sentence() const override {
    const auto queue = std::visit([](const auto& most) { return to_text(most); }, queue_);
    return "leaves at " + to_text(rate_) + " at most" +
           (burst_.bytes == 0 ? "" : ", behind a burst of " + to_text(burst_)) +
           ", and is dropped where it finds more than " + queue + " before it";
  }

 private:
  Duration longest() const {
    const auto* const size = std::get_if<ByteCount>(&queue_);
    return size == nullptr ? std::get<Duration>(queue_) : rate_.time_of(*size);
  }
  BitRate rate_;
  ByteCount burst_;
  std::variant<Duration, ByteCount> queue_;
  std::int64_t overhead_;
  Scope scope_;
};

const Registered registered({
    .name = "rate",
    .about = "Packets leave no faster than so many bits a second, one after the other.",
    .parameters = kParameters,
    .make = make_impairment<Rate>,
});

}  // namespace
}  // namespace latesyn
