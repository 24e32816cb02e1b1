#pragma once
// What the JSON report of `latesyn lab` says besides: each field with its meaning.

#include "proxy/lab/lab_session.hpp"
#include "proxy/notes/fields.hpp"

namespace latesyn {

inline constexpr std::array<std::string_view, 8> kWayNames{
    "through", "stuck", "arriving", "lost", "forged", "ended", "release", "states"};
inline constexpr std::array<std::string_view, 5> kTimerNames{"none", "retransmission", "keepalive",
                                                             "time-wait", "probe"};

template <typename Out>
void tell(const SocketReading& reading, Out& out) {
  out("state", name(reading.state), "as RFC 9293 names it");
  out("inode", reading.inode, "the file that an application has of it; 0: none has");
  out.word("timer", reading.timer, kTimerNames, "the kernel's timer that runs");
}

template <typename Out>
void tell(const LadderRow& row, Out& out) {
  const FigureLine& line = row.line;
  out("at_s", in_seconds(line.at), "when, since latesyn started");
  out.word("way", line.way, kWayNames, "how far it came");
  out("from", line.from == Side::client ? "A" : "B", "whose it is: `A`, the client's, or `B`");
  out("segment", line.way == Way::states ? "" : segment_text(line),
      "as the figures of RFC 9293 write it");
  out("number", line.number, "of the example's line that it is");
  out("a", name(row.a.state), "the client's state");
  out("b", name(row.b.state), "the server's state");
  out("remark", row.remark, "what else is to be said");
  out("added", row.added, "whether the example does not have it");
}

/// Both ends' sockets once all is over.
struct LadderEnd {
  const SocketReading& a;
  const SocketReading& b;
};

template <typename Out>
void tell(const LadderEnd& end, Out& out) {
  out.object("a", end.a, "the client's [socket](#sockets)");
  out.object("b", end.b, "the server's [socket](#sockets)");
}

template <typename Out>
void tell(const LadderFlow& flow, Out& out) {
  out("connection", flow.connection, "the number of its first connection");
  out("client", flow.flow.client.text(), "address and port");
  out("server", flow.flow.server.text(), "address and port");
  out("late_syn", flow.late_syn, "whether one arrived");
  out.list("rows", flow.rows, "what happened, a [row](#rows-of-a-ladder) each");
  out("rows_left_out", flow.rows_left_out, "how many rows more there were");
  out.object("end", LadderEnd{flow.a, flow.b}, "`a` and `b`: both [sockets](#sockets) at the end");
}

template <typename Out>
void tell(const ExampleMatch& example, Out& out) {
  const auto added = std::count(example.in_example.begin(), example.in_example.end(), false);
  const auto& missing = example.first_missing;
  out("lines", example.lines, "of the policy's example");
  out("matched", example.matched, "those that came true");
  out("added", added, "lines that happened and are not in it");
  out("first_missing", missing ? OrderedJson(to_text(*missing)) : OrderedJson(nullptr),
      "the first line that did not, or null");
}

template <typename Out>
void tell(const StepsResult& steps, Out& out) {
  out("steps", steps.steps, "of the policy's `[lab]`");
  out("done", steps.done, "those that came to what they should");
  out("problem", steps.problem, "the first that did not, and why");
}

/// What is under `lab`.
struct LabPart {
  const LabResult& result;
};

/// Those that changed.
inline OrderedJson changed_json(const std::map<std::string, std::int64_t>& counters) {
  OrderedJson out = OrderedJson::object();
  for (const auto& [name, value] : counters) {
    if (value != 0) out[name] = value;
  }
  return out;
}

template <typename Out>
void tell(const LabPart& part, Out& out) {
  const LabResult& result = part.result;
  const LabFacts& facts = *result.report.lab;
  out("family", result.server.address.family() == Family::v4 ? 4 : 6, "4 or 6");
  out("client", result.client.address.text(), "the client's address");
  out("server", result.server.address.text(), "the server's address");
  out("port", result.server.port, "the server's port");
  out("duration_s", in_seconds(result.report.ended), "how long it took");
  out("began_s", result.began ? OrderedJson(in_seconds(*result.began)) : OrderedJson(nullptr),
      "when the first segment came, or null");
  out("out_of_time", result.out_of_time, "whether it was ended before all was over");
  out("interrupted", result.interrupted, "whether somebody did that");
  out("held_at_end", result.waiting, "departures that never came");
  out("lost", result.lost, "packets that could not be handled: all is in doubt then");
  out("unsettled", result.unsettled, "looks at sockets before all was delivered");
  out("accepted", result.endpoints.accepted, "connections that the server's application was given");
  out("served", result.endpoints.served, "those of them that brought it data");
  out("problems", result.endpoints.problems, "of the client, a line each");
  out.object("steps", result.steps, "what came of the [steps](#steps)");
  out("client_counters", changed_json(facts.client.counters),
      "how far the client's kernel's went up, as nstat names them");
  out("server_counters", changed_json(facts.server.counters), "the same of the server's");
}

/// Null where it still ran.
inline OrderedJson status_json(const CommandEnd& end) {
  return end.status ? OrderedJson(*end.status) : OrderedJson(nullptr);
}

template <typename Out>
void tell(const LabResult& result, Out& out) {
  const LabFacts& facts = *result.report.lab;
  if (facts.client.command) {
    out("client_status", status_json(*facts.client.command),
        "with `--client`: its exit status, or null where it still ran");
  }
  if (facts.server.command) {
    out("server_status", status_json(*facts.server.command), "with `--server`: the same");
  }
  if (result.example) {
    out.object("example", *result.example, "what came true of the [example](#example), or null");
  } else {
    out("example", nullptr, "");
  }
  out.object("lab", LabPart{result}, "the [lab](#lab) itself");
  out.list("ladder", result.ladder, "each connection's [ladder](#ladders)");
  out("ladder_left_out", result.flows_left_out, "how many connections more there were");
}

}  // namespace latesyn
