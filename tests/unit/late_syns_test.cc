#include "proxy/engine/late_syns.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;
using Told = std::vector<std::string>;

/// A flow whose first SYN was sent, and what is told of late SYNs on it.
class Story {
 public:
  explicit Story(std::size_t limit = 10) : late(book_, shared_, limit, counters) {
    syn_ = flow.connection.sent(view(syn_packet_), Side::client, shared_);
    rule_ = book_.number_of("stuck");
  }

  void leaves(bool is_late, bool at_once = false) {
    Waiting waiting{.departure = {.credit = {.made_by = rule_}}, .segment = syn_};
    if (is_late) waiting.segment.life = Life::stale;
    late.left(flow, waiting, is_late, at_once, Time(1s), out_);
  }
  void client_resets() {
    Packet packet =
        build({.from = kClient, .to = kServer, .seq = Seq{101}, .ack = {}, .flags = {.rst = true}});
    const Segment rst = flow.connection.sent(view(packet), Side::client, shared_);
    late.sent(flow, rst, Time(2s), out_);
    late.delivered(flow, rst, Time(2s), out_);
  }
  void server_answers() {
    Packet packet = build({.from = kServer,
                           .to = kClient,
                           .seq = Seq{300},
                           .ack = Seq{101},
                           .flags = {.syn = true, .ack = true}});
    late.sent(flow, flow.connection.sent(view(packet), Side::server, shared_), Time(1500ms), out_);
  }
  void client_is_gone() { late.gave_up(flow, Time(2s), out_); }
  /// "1 reset": which of them, and what is said to have become of it.
  Told told() {
    Told all;
    for (const Action& action : std::exchange(out_, {})) {
      const auto& judged = std::get<Judged>(std::get<Note>(action));
      CHECK(judged.late_syn.rule == "stuck");
      all.push_back(fmt::format("{} {}", judged.late_syn.id, name(judged.late_syn.outcome)));
    }
    return all;
  }

 private:
  static TcpView view(const Packet& packet) {
    return std::get<TcpView>(TcpView::over(packet.bytes));
  }
  RuleBook book_;
  SharedState shared_;
  FlowTable flows_{10};
  Packet syn_packet_ =
      build({.from = kClient, .to = kServer, .seq = Seq{100}, .flags = {.syn = true}});
  Segment syn_;
  RuleNumber rule_ = 0;
  Actions out_;

 public:
  Counters counters;
  Flow& flow = *flows_.make({kClient, kServer}, Time());
  LateSyns late;
};

}  // namespace

TEST_CASE("a late SYN is told of when it leaves, with a number of its own") {
  Story story;
  story.leaves(true);
  story.leaves(true);
  CHECK(story.told() == Told{"1 ignored", "2 ignored"});
  CHECK(story.counters.late_syns == 2);
}

TEST_CASE("late SYNs beyond the bound are counted, and not told of") {
  Story story(1);
  story.leaves(true);
  story.leaves(true);
  CHECK(story.told() == Told{"1 ignored"});
  CHECK(story.counters.late_syns == 1);
  CHECK(story.counters.late_syns_unlisted == 1);
}

TEST_CASE("a slow SYN is late once its client is known to have given up") {
  Story story;
  story.leaves(false);
  CHECK(story.told().empty());
  SECTION("the client's RST to the SYN-ACK tells") {
    story.server_answers();
    CHECK(story.told().empty());
    story.client_resets();
    const Told told = story.told();
    REQUIRE_FALSE(told.empty());
    CHECK(told.front() == "1 half-open");
    CHECK(told.back() == "1 reset");
  }
  SECTION("its socket tells") {
    story.client_is_gone();
    CHECK(story.told() == Told{"1 ignored"});
    story.client_is_gone();
    CHECK(story.told().empty());
  }
  CHECK(story.counters.late_syns == 1);
  CHECK_FALSE(story.flow.slow);
}

TEST_CASE("a SYN that leaves at once is not slow") {
  Story story;
  story.leaves(false, true);
  CHECK_FALSE(story.flow.slow);
}

}  // namespace latesyn::test
