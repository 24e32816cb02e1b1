#pragma once
// Every decision as a line of JSON. All times are seconds since the proxy's start, to the
// nanosecond.

#include "proxy/notes/observer.hpp"
#include "proxy/output/output_file.hpp"

namespace latesyn {

/// What the first line says.
struct EventLogHeader {
  std::string policy;  // the file, as the user named it
  std::uint64_t seed = 0;
  WallTime started;
};

class EventLog final : public Observer {
 public:
  /// `file` must outlive the log.
  EventLog(OutputFile& file, const EventLogHeader& header);
  void on_note(const Note& note, Bytes packet) override;
  bool reads_packets() const override { return false; }
  void on_settled(Time now) override;

 private:
  OutputFile& file_;
};

/// The line for one note, without its end.
std::string event_line(const Note& note);

/// docs/events.md, made from what the lines are made of: `latesyn events` prints it, and a test
/// compares.
std::string events_page();

}  // namespace latesyn
