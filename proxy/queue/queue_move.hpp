#pragma once
// The queue moves from one of the kernel's tables to another while packets are in it. What is let
// go from the place ahead comes to the place behind, and must not be queued once more: it goes on
// with the mark of what we send, which our rules let by.

#include <cstdint>
#include <optional>

#include "proxy/intercept/plan.hpp"
#include "proxy/queue/queued_packet.hpp"

namespace latesyn {

class QueueMove {
 public:
  explicit QueueMove(const Hook& hook) : hook_(hook) {}

  /// Before the first rule changes, and after the last.
  void begin() { stage_ = Stage::under_way; }
  void end() { stage_ = Stage::behind; }

  /// A packet was read.
  void read(PacketId id) {
    if (id.queue == hook_.queue) last_read_ = id.number;
  }
  /// All were that had come by now.
  void read_all() {
    if (stage_ != Stage::behind) return;
    stage_ = Stage::none;
    last_ahead_ = last_read_;
  }

  /// What a packet that has just been read goes on with, where that is not the mark that it has.
  PacketMark mark() const {
    return stage_ == Stage::none ? std::nullopt : std::optional(hook_.mark);
  }
  /// … and one that waited. Numbers grow, and begin again at their end.
  PacketMark mark(PacketId id) const {
    const bool was_ahead = last_ahead_ && static_cast<std::int32_t>(id.number - *last_ahead_) <= 0;
    return was_ahead ? std::optional(hook_.mark) : mark();
  }

 private:
  enum class Stage : std::uint8_t {
    none,
    under_way,  // rules may be in both places
    behind,     // they are in the new one, and packets may be in the queue that came before
  };

  Hook hook_;
  Stage stage_ = Stage::none;
  std::uint32_t last_read_ = 0;              // the kernel's number of a packet
  std::optional<std::uint32_t> last_ahead_;  // … after which none has come from the place ahead
};

}  // namespace latesyn
