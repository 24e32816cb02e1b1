#pragma once
// Tells people what the rules do as they do it: a line for each decision, and no more of them than
// can be read. What is left out is counted.

#include <atomic>

#include "proxy/edge/driver.hpp"

namespace latesyn {

/// May watch drivers on several threads.
class DecisionLog final : public Observer {
 public:
  /// Lines per second. The event log has them all.
  static constexpr unsigned kLines_per_second = 25;

  void on_note(const Note& note, Bytes packet) override;
  bool reads_packets() const override { return false; }
  /// Begins another second: says how many lines of the last one were left out.
  void begin_second();

 private:
  std::atomic<unsigned> lines_ = 0;
  std::atomic<std::uint64_t> left_out_ = 0;
};

}  // namespace latesyn
