#include "proxy/run/run_text.hpp"

#include <fmt/format.h>

#include "proxy/describe/describe.hpp"

#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

std::string ends_text(const std::vector<EndpointRange>& ends, std::string_view any) {
  std::string out;
  for (const EndpointRange& end : ends) out += (out.empty() ? "" : ", ") + end.text();
  return out.empty() ? std::string(any) : out;
}

std::string tenths_text(Duration time) {
  using Tenths = std::chrono::duration<std::int64_t, std::deci>;
  return rounded_text(std::chrono::round<Tenths>(std::max(time, Duration::zero())));
}

std::string due_text(const std::optional<Time>& due, Time now) {
  if (!due) return "they wait for their connections, or for a release by hand";
  return "the next is due in " + tenths_text(*due - now);
}

}  // namespace

std::string intake_text(const Plan& plan, const Traffic& traffic, const Hook& hook) {
  const std::string queues =
      hook.workers == 1 ? fmt::format("queue {}", hook.queue)
                        : fmt::format("queues {} to {}", hook.queue, hook.queue + hook.workers - 1);
  return fmt::format("{} between {} and {} from {}", taken_text(plan),
                     ends_text(traffic.clients, "any client"),
                     ends_text(traffic.servers, "any server"), queues);
}

void Progress::add(const Engine& engine) {
  packets += engine.counters().packets;
  flows_full += engine.counters().flows_full;
  held += engine.waiting();
  late_syns += engine.counters().late_syns;
  const auto next = engine.next_wakeup();
  if (next && (!due || *next < *due)) due = next;
}

std::string progress_text(const Progress& progress, Time now) {
  const std::string late = fmt::format("{:.0f} s, {} segments seen, {} late SYNs", in_seconds(now),
                                       progress.packets, progress.late_syns);
  if (progress.held == 0) return late + "; nothing is held";
  return fmt::format("{}; {} held: {}", late, progress.held, due_text(progress.due, now));
}

std::string held_text(const Held& held, Time now) {
  const Segment& s = held.segment;
  const std::string event = held.once == Trigger::released
                                ? "a release by hand"
                                : fmt::format("its connection to be {}", name(held.once));
  const std::string wait =
      held.due ? "due in " + tenths_text(*held.due - now) : "waits for " + event;
  return fmt::format("{} - {}  #{}  {} for the {}, held for {} by \"{}\": {}", s.flow.client.text(),
                     s.flow.server.text(), s.connection, name(s.kind), name(held.to),
                     tenths_text(now - held.since), held.rule, wait);
}

std::string unwritten_text(const Unwritten& unwritten) {
  std::string list;
  const auto add = [&list](std::uint64_t count, std::string_view what) {
    if (count == 0) return;
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", count, what);
  };
  add(unwritten.console, "lines of the log");
  add(unwritten.events, "events");
  add(unwritten.capture, "packets of the capture");
  return list.empty() ? "" : fmt::format("Not written: {}.\n", list);
}

}  // namespace latesyn
