#include "proxy/edge/capture_reader.hpp"

#include <fmt/format.h>
#include <pcap/pcap.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "proxy/core/policy_file.hpp"
#include "proxy/core/segment.hpp"
#include "proxy/edge/link_layer.hpp"
#include "proxy/edge/raw_links.hpp"
#include "proxy/values/tcp_edit.hpp"

namespace latesyn {
namespace {

constexpr std::uintmax_t kSizeMax = std::uintmax_t{256} << 20U;

using Pcap = std::unique_ptr<pcap_t, decltype(&pcap_close)>;

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

/// `file` must outlive what is returned.
Pcap open(const std::filesystem::path& path, std::vector<std::byte>& file) {
  if (file.empty()) fail(path, "it is empty");
  mend_raw_links(file);
  std::array<char, PCAP_ERRBUF_SIZE> problem{};
  std::FILE* const stream = ::fmemopen(file.data(), file.size(), "rb");
  if (stream == nullptr) fail(path, "no memory for it");
  Pcap pcap(
      pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, problem.data()),
      &pcap_close);
  if (!pcap) {
    std::fclose(stream);
    fail(path, problem.data());
  }
  if (!is_known_link(pcap_datalink(pcap.get()))) {
    fail(path, fmt::format("its link type {} is not known here; Ethernet, Linux cooked and raw IP "
                           "are",
                           pcap_datalink(pcap.get())));
  }
  return pcap;
}

/// Why a frame is not replayed; empty where it is.
std::string_view why_not(Bytes packet, const Traffic& traffic, const CaptureReplay& replay) {
  const auto parsed = TcpView::over(packet);
  const auto* const view = std::get_if<TcpView>(&parsed);
  if (view == nullptr) return "that are no whole TCP segments";
  if (!view->complete()) return "cut off by their capture";
  if (!traffic.covers(view->from(), view->to())) return "not of the policy's traffic";
  const SegmentKind kind = kind_alone(view->flags(), view->payload_size());
  if (!replay.segments.has(kind)) return "of other kinds";
  return replay.packets.size() < kReplayPacketsMax ? "" : "beyond the most that are replayed";
}

void take(Bytes packet, Duration at, CaptureReplay& replay) {
  const std::size_t size = std::get<TcpView>(TcpView::over(packet)).total_size();
  Packet whole{{packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size)}};
  // Captured where it was sent, it may have left its checksum to the network card.
  TcpEdit::over(whole.bytes).complete_checksum();
  replay.packets.push_back({at, std::move(whole)});
}

/// Times count from the earliest; a file need not be in order.
void settle(CaptureReplay& replay) {
  std::ranges::stable_sort(replay.packets, {}, &RecordedPacket::at);
  if (replay.packets.empty()) return;
  const Duration first = replay.packets.front().at;
  for (RecordedPacket& recorded : replay.packets) recorded.at -= first;
}

}  // namespace

void read_capture(const std::filesystem::path& path, const Traffic& traffic,
                  CaptureReplay& replay) {
  std::vector<std::byte> file = contents(path);
  const Pcap pcap = open(path, file);
  const int link = pcap_datalink(pcap.get());
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  int status = 0;
  while ((status = pcap_next_ex(pcap.get(), &header, &bytes)) == 1) {
    const Bytes packet = ip_packet(link, std::as_bytes(std::span(bytes, header->caplen)));
    const std::string_view why = why_not(packet, traffic, replay);
    if (!why.empty()) {
      ++replay.skipped[std::string(why)];
      continue;
    }
    // With this precision the field of microseconds holds nanoseconds.
    take(packet, std::chrono::seconds(header->ts.tv_sec) + Duration(header->ts.tv_usec), replay);
  }
  if (status == PCAP_ERROR) {
    fail(path,
         fmt::format("{}, before byte {}", pcap_geterr(pcap.get()), ftell(pcap_file(pcap.get()))));
  }
  settle(replay);
}

Policy load_whole_policy(const std::filesystem::path& file) {
  Policy policy = load_policy(file);
  for (CaptureReplay& replay : policy.replays) {
    const auto path = file.parent_path() / replay.file;
    read_capture(path, policy.traffic, replay);
    if (replay.packets.empty()) {
      fail(path,
           "it has none of the segments that the policy wants; \"servers\", \"clients\" and "
           "\"segment\" must be those of the capture");
    }
    for (const auto& [why, count] : replay.skipped) {
      spdlog::info("{}: {} packets {} are not replayed", path.string(), count, why);
    }
  }
  return policy;
}

}  // namespace latesyn
