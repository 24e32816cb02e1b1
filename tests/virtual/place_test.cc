// Packets that leave from the kernel's queue: later, or with what latesyn says in their place.

#include "proxy/engine/engine.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "proxy/packet/tcp_edit.hpp"
#include "tests/unit/ends.hpp"
#include "tests/unit/policy_text.hpp"

namespace latesyn::test {
namespace {

Packet syn() {
  return build({.from = kClient, .to = kServer, .seq = Seq{100}, .flags = {.syn = true}});
}
Packet syn_ack() {
  return build({.from = kServer,
                .to = kClient,
                .seq = Seq{300},
                .ack = Seq{101},
                .flags = {.syn = true, .ack = true}});
}

/// What leaves, in order: "to the server", "in place 7".
std::vector<std::string> leaving(const Actions& actions) {
  std::vector<std::string> out;
  for (const Action& action : actions) {
    if (const auto* transmit = std::get_if<Transmit>(&action)) {
      out.push_back("to the " + std::string(name(transmit->to)));
    } else if (const auto* judge = std::get_if<Judge>(&action)) {
      out.push_back("in place " + std::to_string(judge->queue_id));
    }
  }
  return out;
}

Engine server_first() {
  return Engine(policy_of("about = \"a\"\n[traffic]\nhandshake = \"server-first\"\n"), 1);
}

}  // namespace

using Leaving = std::vector<std::string>;

TEST_CASE("our SYN leaves in the place of the client's, our SYN-ACK in that of the server's") {
  Engine engine = server_first();
  Actions out;
  CHECK(engine.on_packet(Time(), {.bytes = syn().bytes, .queue_id = 7}, out) == Verdict::park);
  CHECK(leaving(out) == Leaving{"in place 7"});
  out.clear();
  CHECK(engine.on_packet(Time(), {.bytes = syn_ack().bytes, .queue_id = 8}, out) == Verdict::park);
  CHECK(leaving(out) == Leaving{"to the server", "in place 8"});
}

TEST_CASE("without a place our SYN leaves by itself") {
  Engine engine = server_first();
  Actions out;
  CHECK(engine.on_packet(Time(), {.bytes = syn().bytes}, out) == Verdict::drop);
  CHECK(leaving(out) == Leaving{"to the server"});
}

TEST_CASE("a client's ACK gives no place where connection tracking would track what takes it") {
  const auto said_to_ack = [](bool spliced) {
    Engine engine(
        policy_of("about = \"a\"\n[traffic]\nhandshake = \"client-first\"\nserver_isn = 300\n"), 1);
    Actions out;
    engine.offer_splices(spliced, out);
    engine.on_packet(Time(), {.bytes = syn().bytes, .queue_id = 7}, out);
    out.clear();
    const Packet ack = build(
        {.from = kClient, .to = kServer, .seq = Seq{101}, .ack = Seq{301}, .flags = {.ack = true}});
    engine.on_packet(Time(), {.bytes = ack.bytes, .queue_id = 8}, out);
    return leaving(out);
  };
  CHECK(said_to_ack(false) == Leaving{"in place 8"});
  CHECK(said_to_ack(true) == Leaving{"to the server"});
}

TEST_CASE("a SYN that is held stays in the kernel's queue until it leaves") {
  Engine engine(policy_of("about = \"a\"\n[[rule]]\ndo = \"delay\"\nby = \"1s\"\n"), 1);
  Actions out;
  CHECK(engine.on_packet(Time(), {.bytes = syn().bytes, .queue_id = 7}, out) == Verdict::park);
  CHECK(leaving(out).empty());
  out.clear();
  engine.on_time(Time(std::chrono::seconds(1)), out);
  CHECK(leaving(out) == Leaving{"in place 7"});
  CHECK(engine.counters().parked == 1);
}

TEST_CASE("what crosses a hop loses one, and goes no further where it has none to lose") {
  const auto sent = [](std::uint8_t hops, bool takes_hop) {
    Stand stand = kRouter;
    stand.takes_hop = takes_hop;
    Engine engine(policy_of("about = \"a\"\n[[rule]]\ndo = \"delay\"\nby = \"1s\"\n"), 1, {},
                  {.stand = stand});
    Packet packet = syn();
    TcpEdit::over(packet.bytes).set_hop_limit(hops);
    Actions out;
    engine.on_packet(Time(), {.bytes = packet.bytes}, out);
    engine.on_time(Time(std::chrono::seconds(1)), out);
    std::vector<int> left;
    for (const Action& action : out) {
      const auto* transmit = std::get_if<Transmit>(&action);
      if (transmit == nullptr) continue;
      left.push_back(std::get<TcpView>(TcpView::over(transmit->packet.bytes)).hop_limit());
    }
    return left;
  };
  using Left = std::vector<int>;
  CHECK(sent(64, true) == Left{63});
  CHECK(sent(1, true).empty());
  CHECK(sent(64, false) == Left{64});
  CHECK(sent(1, false) == Left{1});
}

TEST_CASE("what has no hop left, or has no room in the kernel's queue, is not parked") {
  const auto delayed = policy_of("about = \"a\"\n[[rule]]\ndo = \"delay\"\nby = \"1s\"\n");
  Engine engine(SharedPolicy::borrowed(delayed), 1, {.parked = 1, .parked_bundles = 2});
  Actions out;
  Packet last_hop = syn();
  TcpEdit::over(last_hop.bytes).set_hop_limit(1);
  CHECK(engine.on_packet(Time(), {.bytes = last_hop.bytes, .queue_id = 1}, out) == Verdict::drop);
  CHECK(engine.on_packet(Time(), {.bytes = syn().bytes, .queue_id = 2}, out) == Verdict::park);
  CHECK(engine.on_packet(Time(), {.bytes = syn().bytes, .queue_id = 3}, out) == Verdict::drop);
  const Packet whole = syn();
  const Incoming bundle{.bytes = whole.bytes, .bundle = true, .queue_id = 4};
  CHECK(engine.on_packet(Time(), bundle, out) == Verdict::park);
  CHECK(engine.on_packet(Time(), bundle, out) == Verdict::accept);
  CHECK(engine.counters().captured == 4);
  CHECK(engine.counters().parked == 2);
  CHECK(engine.counters().incomplete == 1);
}

}  // namespace latesyn::test
