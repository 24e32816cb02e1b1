#pragma once
// What the JSON report of `latesyn run` says besides: each field with its meaning.

#include "proxy/notes/counters.hpp"
#include "proxy/notes/fields.hpp"
#include "proxy/run/run_text.hpp"

namespace latesyn {

/// What came to one worker.
struct WorkerPackets {
  std::uint64_t packets = 0;
};

/// What happened between the engines and the world.
struct RunFacts {
  DeviceCounters device;
  std::vector<WorkerPackets> workers;
  std::uint64_t held = 0, rules_put_back = 0;
  Unwritten unwritten;
};

template <typename Out>
void tell(const WorkerPackets& worker, Out& out) {
  out("packets", worker.packets, "packets that came to it");
}

template <typename Out>
void tell(const Unwritten& unwritten, Out& out) {
  out("console", unwritten.console, "lines for the terminal that nobody took in time");
  out("events", unwritten.events, "lines of `--events`");
  out("pcap", unwritten.capture, "packets of `--pcap`");
}

template <typename Out>
void tell(const RunFacts& run, Out& out) {
  out.list("workers", run.workers, "for each of them, in `packets`, how many came to it");
  out("held_at_end", run.held, "departures that still waited, and were not sent");
  out("rules_put_back", run.rules_put_back,
      "how often others' changes to our firewall were mended");
  out.object("unwritten", run.unwritten, "what output [could not be written](#unwritten) in time");
  for (const auto& row : kDeviceRows) out(row.name, run.device.*row.value, row.counts);
}

}  // namespace latesyn
