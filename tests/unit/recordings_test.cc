#include "proxy/engine/recordings.hpp"

#include <catch2/catch.hpp>

#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

Packet syn_from(std::uint16_t port) {
  SegmentSpec spec{.from = kClient, .to = kServer, .seq = Seq{100}, .flags = {.syn = true}};
  spec.from.port = port;
  return build(spec);
}

/// Two captures, whose packets come in turn; one of them is no segment.
const std::vector<CaptureReplay> kReplays{
    {.name = "old", .start = 1s, .packets = {{0s, syn_from(1)}, {4s, syn_from(2)}}},
    {.name = "new", .start = 2s, .packets = {{0s, syn_from(3)}, {1s, {{std::byte{0x45}}}}}}};

/// "new at 2 from 3": all that is due by then.
Texts taken(Recordings& recordings, const RuleBook& book, Duration by) {
  Texts texts;
  while (const auto next = recordings.take(Time(by))) {
    const auto view = TcpView::over(next->packet.bytes);
    const auto* segment = std::get_if<TcpView>(&view);
    texts.push_back(book.name_of(next->rule) + " at " +
                    std::to_string(next->due.time_since_epoch() / 1s) +
                    (segment ? " from " + std::to_string(segment->from().port) : ""));
  }
  return texts;
}

}  // namespace

TEST_CASE("the segments of all captures come in order of their times, and each once") {
  RuleBook book;
  Recordings recordings(kReplays, book, {});
  CHECK(recordings.size() == 4);
  CHECK(recordings.next() == Time(1s));
  CHECK(taken(recordings, book, 500ms).empty());
  CHECK(taken(recordings, book, 2s) == Texts{"old at 1 from 1", "new at 2 from 3"});
  CHECK(recordings.next() == Time(3s));
  CHECK(taken(recordings, book, 1h) == Texts{"new at 3", "old at 5 from 2"});
  CHECK_FALSE(recordings.next());
  CHECK(recordings.size() == 0);
}

TEST_CASE("of several engines each has what is of its flows, and one what is no segment") {
  std::size_t all = 0, unreadable = 0;
  for (unsigned worker = 0; worker < 3; ++worker) {
    RuleBook book;
    Recordings recordings(kReplays, book, {.worker = worker, .workers = 3});
    all += recordings.size();
    const Texts texts = taken(recordings, book, 1h);
    const bool has_it = std::ranges::find(texts, "new at 3") != texts.end();
    if (has_it) ++unreadable;
    CHECK(has_it == (worker == 0));
  }
  CHECK(all == 4);
  CHECK(unreadable == 1);
}

}  // namespace latesyn::test
