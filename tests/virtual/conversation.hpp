#pragma once
// Two ends that say to each other, through an engine, what a test makes them say.

#include <fmt/format.h>

#include <algorithm>

#include "proxy/engine/engine.hpp"
#include "proxy/packet/segment_checksum.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {

inline constexpr Flags kSyn{.syn = true}, kSynAck{.syn = true, .ack = true}, kAck{.ack = true},
    kFin{.fin = true, .ack = true}, kRst{.rst = true}, kRstAck{.rst = true, .ack = true};

/// "server <SEQ=1000><CTL=SYN>": where to, and what.
inline std::string text(Side to, Bytes packet) {
  const auto view = std::get<TcpView>(TcpView::over(packet));
  std::string out = fmt::format("{} {} {}", to == Side::client ? "client" : "server",
                                view.flags().text(), view.seq().raw);
  if (view.flags().ack) out += fmt::format(" {}", view.ack().raw);
  if (view.payload_size() != 0) out += fmt::format(" +{}", view.payload_size());
  return out + (has_right_checksum(packet) ? "" : " damaged");
}

/// Two ends and what reaches them, each segment a millisecond after the one before.
class Conversation {
 public:
  explicit Conversation(std::string_view policy, Endpoint client = kClient,
                        Endpoint server = kServer)
      : engine_(policy_of(policy), 1), client_(client), server_(server) {}

  /// What leaves for it.
  std::vector<std::string> client(std::uint32_t seq, std::uint32_t ack, Flags flags,
                                  std::uint32_t size = 0) {
    return tell(build({client_, server_, Seq{seq}, Seq{ack}, flags, 64240, {}, {}, size}),
                Side::server);
  }
  std::vector<std::string> server(std::uint32_t seq, std::uint32_t ack, Flags flags,
                                  std::uint32_t size = 0) {
    return tell(build({server_, client_, Seq{seq}, Seq{ack}, flags, 64240, {}, {}, size}),
                Side::client);
  }
  std::vector<std::string> tell(const Packet& packet, Side to) {
    now_ += std::chrono::milliseconds(1);
    out_.clear();
    const Verdict verdict = engine_.on_packet(now_, {.bytes = packet.bytes}, out_);
    std::vector<std::string> left;
    if (verdict == Verdict::accept) left.push_back(text(to, packet.bytes));
    if (verdict == Verdict::replace) left.push_back(text(to, engine_.replacement()));
    write_down(left);
    return left;
  }
  /// What leaves once it is due by now.
  std::vector<std::string> due() {
    std::vector<std::string> left;
    out_.clear();
    engine_.on_time(now_, out_);
    write_down(left);
    return left;
  }
  /// `left` is what leaves at once.
  Reply obey(EngineCommand command, std::vector<std::string>& left) {
    out_.clear();
    const Reply reply = engine_.obey(now_, std::move(command), out_);
    left.clear();
    write_down(left);
    return reply;
  }
  void wait(Duration time) { now_ += time; }
  bool closed() const {
    return std::ranges::any_of(events_, [](const auto& e) { return e.starts_with("closed"); });
  }
  /// "closed 1, 2 woken": what has happened to which connection, since it was asked last.
  std::vector<std::string> events() { return std::exchange(events_, {}); }
  /// From now on the kernel can shift numbers.
  void offer_splices() { engine_.offer_splices(true, out_); }
  /// What the last segment changed about whether data go by, as the kernel was told.
  std::optional<bool> bypass() const {
    for (const Action& action : out_) {
      if (const auto* b = std::get_if<Bypass>(&action)) return b->passes;
    }
    return std::nullopt;
  }
  const Counters& counters() const { return engine_.counters(); }
  bool silent() const { return out_.empty(); }

 private:
  void write_down(std::vector<std::string>& left) {
    for (const Action& action : out_) {
      if (const auto* sent = std::get_if<Transmit>(&action)) {
        left.push_back(text(sent->to, sent->packet.bytes));
      }
      const auto* note = std::get_if<Note>(&action);
      const auto* event = note == nullptr ? nullptr : std::get_if<Triggered>(note);
      if (event == nullptr) continue;
      events_.push_back(
          fmt::format("{} {}, {} woken", name(event->trigger), event->connection, event->woken));
    }
  }

  Engine engine_;
  Endpoint client_, server_;
  Time now_;
  Actions out_;
  std::vector<std::string> events_;
};

using Lines = std::vector<std::string>;

}  // namespace latesyn::test
