#pragma once
// One connection to an echo server, from its SYN to its end, that compares every byte which comes
// back with what it has sent. Nothing in it waits.

#include <chrono>
#include <optional>
#include <string>

#include "proxy/linux/descriptor.hpp"
#include "proxy/values/flow.hpp"

namespace latesyn::torture {

using Clock = std::chrono::steady_clock;

/// What a connection is to do.
struct TalkPlan {
  Endpoint server;
  std::uint64_t number = 0;             // of all: each sends other bytes
  std::chrono::milliseconds length{0};  // it begins to close then
  std::chrono::milliseconds pause{0};   // between an answer and the next question
  std::size_t question = 1;             // bytes
  bool resets = false;                  // its end is a RST, not a FIN
};

enum class End : std::uint8_t {
  whole,   // all that was sent came back, and the close was answered
  broken,  // it did not come to that
  wrong,   // another byte came than was sent
};

class Talk {
 public:
  /// Begins to connect, from the calling thread's network namespace. Throws std::runtime_error.
  explicit Talk(const TalkPlan& plan);

  /// Goes on as far as it can at once. Its end, where that has come.
  std::optional<End> go_on(Clock::time_point now);
  /// Resets it, whatever it is about.
  void cut();

  const TalkPlan& plan() const { return plan_; }
  const FlowKey& flow() const { return flow_; }
  int descriptor() const { return fd_.get(); }
  Clock::time_point began() const { return began_; }
  /// When it last came further.
  Clock::time_point moved() const { return moved_; }
  bool answered() const { return echoed_ > 0; }
  /// Bytes that came back as they were sent.
  std::uint64_t echoed() const { return echoed_; }
  /// How far it came, and what went wrong, if anything did.
  std::string text() const;

 private:
  enum class Stage : std::uint8_t { connecting, talking, closing };

  std::optional<End> connect();
  std::optional<End> say(Clock::time_point now);
  std::optional<End> hear(Clock::time_point now);
  std::optional<End> close(Clock::time_point now);
  End broken(int error);

  TalkPlan plan_;
  Descriptor fd_;
  FlowKey flow_;
  Stage stage_ = Stage::connecting;
  std::uint64_t sent_ = 0, asked_ = 0, echoed_ = 0;  // bytes; `asked_` are to be sent by now
  Clock::time_point began_, moved_, next_question_;
  std::string why_;
};

}  // namespace latesyn::torture
