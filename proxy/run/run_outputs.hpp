#pragma once
// The files that a run writes. All of them are opened before anything else is touched.

#include <optional>

#include "proxy/output/output_file.hpp"
#include "proxy/run/run.hpp"
#include "proxy/watch/capture_reader.hpp"

namespace latesyn {

struct RunOutputs {
  std::optional<OutputFile> json, events, pcap;

  /// Throws std::runtime_error.
  RunOutputs(const RunOptions& options, const Policy& policy) {
    const OutputRules rules{.force = options.force, .untouched = files_of(policy)};
    if (!options.json.empty()) {
      json.emplace(options.json, "the report", rules, OutputForm::object);
    }
    if (!options.events.empty()) events.emplace(options.events, "the event log", rules);
    if (!options.pcap.empty()) pcap.emplace(options.pcap, "the capture", rules);
  }
  /// False where one of them misses something.
  bool whole() const {
    const auto fine = [](const std::optional<OutputFile>& file) { return !file || file->whole(); };
    return fine(json) && fine(events) && fine(pcap);
  }
};

}  // namespace latesyn
