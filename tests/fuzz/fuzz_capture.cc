// Any file may be named as a capture. It is refused with a CaptureError, or what it has to replay
// is whole segments in order of time, each due at a time that can be told.

#include <algorithm>

#include "proxy/watch/capture_reader.hpp"
#include "tests/fuzz/require.hpp"

using namespace latesyn;
using test::require;

namespace {

constexpr std::array kAll{SegmentKind::syn,  SegmentKind::syn_ack, SegmentKind::ack,
                          SegmentKind::data, SegmentKind::fin,     SegmentKind::rst};
constexpr double kScaleMax = 1000;

CaptureReplay wanted(double scale) {
  CaptureReplay replay{.start = std::chrono::hours(876000), .scale = scale};
  for (const SegmentKind kind : kAll) replay.segments.add(kind);
  return replay;
}

void check(const CaptureReplay& replay) {
  require(std::ranges::is_sorted(replay.packets, {}, &RecordedPacket::at));
  for (const RecordedPacket& recorded : replay.packets) {
    require(recorded.at >= Duration::zero() && replay.due(recorded) >= Time{} + replay.start);
    const auto view = TcpView::over(recorded.packet.bytes);
    const auto* const segment = std::get_if<TcpView>(&view);
    require(segment != nullptr && segment->total_size() == recorded.packet.bytes.size());
  }
}

void collect(Bytes file, double scale) {
  CaptureReplay replay = wanted(scale);
  try {
    collect_replay(file, Traffic{}, replay);
  } catch (const CaptureError& error) {
    require(!std::string_view(error.what()).empty());
    return;
  }
  check(replay);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes file = std::as_bytes(std::span(data, size));
  for (const double scale : {1.0, kScaleMax}) collect(file, scale);
  return 0;
}
