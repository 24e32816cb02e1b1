#include "proxy/watch/capture_reader.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>

#include "proxy/loader/policy_file.hpp"
#include "proxy/packet/segment.hpp"
#include "proxy/packet/tcp_edit.hpp"
#include "proxy/watch/link_layer.hpp"

namespace latesyn {
namespace {

constexpr std::uintmax_t kSizeMax = std::uintmax_t{256} << 20U;

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view why) {
  throw PolicyError(fmt::format("{}: cannot replay this capture: {}", path.string(), why));
}

std::vector<std::byte> contents(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) fail(path, error.message() + "; its name counts from the policy's folder");
  if (size > kSizeMax) fail(path, fmt::format("it has {} bytes; at most 256 MiB are read", size));
  std::vector<char> read(static_cast<std::size_t>(size));
  std::ifstream in(path, std::ios::binary);
  if (!in.read(read.data(), static_cast<std::streamsize>(size))) fail(path, "it can't be read");
  const Bytes bytes = std::as_bytes(std::span(read));
  return {bytes.begin(), bytes.end()};
}

constexpr std::string_view kCutOff = "cut off by the capture", kFragments = "in fragments";

std::string_view why_not(Defect defect) {
  if (defect == Defect::truncated) return kCutOff;
  if (defect == Defect::fragment) return kFragments;
  return defect == Defect::not_tcp ? "of other protocols" : "with malformed headers";
}

/// Why a frame is not replayed; empty where it is. What nobody wants may as well be cut off.
std::string_view why_not(Bytes packet, const Traffic& traffic, const CaptureReplay& replay) {
  const auto parsed = TcpView::over(packet);
  const auto* const view = std::get_if<TcpView>(&parsed);
  if (view == nullptr) return why_not(std::get<Defect>(parsed));
  if (!traffic.covers(view->from(), view->to())) return "not of the policy's traffic";
  const SegmentKind kind = kind_alone(view->flags(), view->payload_size());
  if (!replay.segments.has(kind)) return "of other kinds";
  if (!view->complete()) return kCutOff;
  return replay.packets.size() < kReplayPacketsMax ? "" : "beyond the most that are replayed";
}

void take(Bytes packet, Duration at, CaptureReplay& replay) {
  const std::size_t size = std::get<TcpView>(TcpView::over(packet)).total_size();
  Packet whole{{packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size)}};
  // Captured where it was sent, it may have left its checksum to the network card.
  TcpEdit::over(whole.bytes).complete_checksum();
  replay.packets.push_back({at, std::move(whole)});
}

void consider(const CapturedFrame& frame, const Traffic& traffic, CaptureReplay& replay) {
  if (!is_known_link(frame.link)) {
    ++replay.skipped[fmt::format("of the link type {}, which is not known here", frame.link)];
    return;
  }
  const Bytes packet = ip_packet(frame.link, frame.bytes);
  const std::string_view why =
      packet.empty() ? "that hold no IP packet" : why_not(packet, traffic, replay);
  if (why.empty()) return take(packet, frame.at, replay);
  ++replay.skipped[std::string(why)];
}

/// Times count from the earliest; a file need not be in order.
void settle(CaptureReplay& replay) {
  std::ranges::stable_sort(replay.packets, {}, &RecordedPacket::at);
  if (replay.packets.empty()) return;
  const Duration first = replay.packets.front().at;
  for (RecordedPacket& recorded : replay.packets) recorded.at -= first;
}

/// What a clock that was set meanwhile has put between two packets, times the scale, may be more
/// than any time holds.
void require_due(const CaptureReplay& replay) {
  constexpr double kLongest_ns = 100.0 * 365 * 24 * 3.6e12;  // as of every duration in a policy
  if (replay.packets.empty()) return;
  const auto apart = static_cast<double>(replay.packets.back().at.count()) * replay.scale;
  if (apart <= kLongest_ns) return;
  throw CaptureError(
      fmt::format("with a scale of {} its last packet would leave {:.0f} years after its first; at "
                  "most 100 are waited for",
                  replay.scale, apart / kLongest_ns * 100));
}

std::string skipped_text(std::uint64_t count, const std::string& why) {
  return fmt::format("{} packet{} {}", count, count == 1 ? "" : "s", why);
}

std::string all_skipped(const CaptureReplay& replay) {
  std::string text;
  for (const auto& [why, count] : replay.skipped) {
    text += (text.empty() ? "" : ", ") + skipped_text(count, why);
  }
  return text.empty() ? "no packets" : text;
}

/// What would be right where nothing of a capture is replayed.
std::string_view mend_for(const CaptureReplay& replay) {
  if (replay.skipped.contains(std::string(kCutOff))) {
    return "capture whole packets: tcpdump --snapshot-length=0";
  }
  if (replay.skipped.contains(std::string(kFragments))) {
    return "only whole segments are replayed; capture where they are not cut into fragments";
  }
  return "\"servers\", \"clients\" and \"segment\" must be those of the capture";
}

}  // namespace

void collect_replay(Bytes file, const Traffic& traffic, CaptureReplay& replay) {
  if (file.empty()) throw CaptureError("it is empty");
  read_frames(file, [&](const CapturedFrame& frame) { consider(frame, traffic, replay); });
  settle(replay);
  require_due(replay);
}

void read_capture(const std::filesystem::path& path, const Traffic& traffic,
                  CaptureReplay& replay) {
  try {
    collect_replay(contents(path), traffic, replay);
  } catch (const CaptureError& error) {
    fail(path, error.what());
  }
}

std::vector<std::filesystem::path> files_of(const Policy& policy) {
  const std::filesystem::path own(policy.file);
  std::vector<std::filesystem::path> files{own};
  for (const CaptureReplay& replay : policy.replays) {
    files.push_back(own.parent_path() / replay.file);
  }
  return files;
}

Policy load_whole_policy(const std::filesystem::path& file) {
  Policy policy = load_policy(file);
  for (CaptureReplay& replay : policy.replays) {
    const auto path = file.parent_path() / replay.file;
    read_capture(path, policy.traffic, replay);
    if (replay.packets.empty()) {
      fail(path, fmt::format("it has none of the segments that the policy wants, but {}; {}",
                             all_skipped(replay), mend_for(replay)));
    }
    for (const auto& [why, count] : replay.skipped) {
      spdlog::info("{}: not replayed: {}", path.string(), skipped_text(count, why));
    }
  }
  return policy;
}

}  // namespace latesyn
