#pragma once
// The files that a run writes. All of them are opened before anything else is touched.

#include <optional>

#include "proxy/edge/output_file.hpp"
#include "proxy/edge/run.hpp"

namespace latesyn {

struct RunOutputs {
  std::optional<OutputFile> json, events, pcap;

  /// Throws std::runtime_error.
  explicit RunOutputs(const RunOptions& options) {
    if (!options.json.empty()) json.emplace(options.json, "the report");
    if (!options.events.empty()) events.emplace(options.events, "the event log");
    if (!options.pcap.empty()) pcap.emplace(options.pcap, "the capture");
  }
  /// False where one of them misses something.
  bool whole() const {
    const auto fine = [](const std::optional<OutputFile>& file) { return !file || file->whole(); };
    return fine(json) && fine(events) && fine(pcap);
  }
};

}  // namespace latesyn
