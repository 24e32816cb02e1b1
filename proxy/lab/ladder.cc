#include "proxy/lab/ladder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace latesyn {
namespace {

/// What stands left and right of a segment, and which ends' states are shown beside it.
struct Form {
  Way way;
  Side from;
  std::string_view left, right;
  bool show_a, show_b;
};
constexpr std::array kForms{
    Form{Way::through, Side::client, "-->", "-->", true, true},
    Form{Way::through, Side::server, "<--", "<--", true, true},
    Form{Way::stuck, Side::client, "-->", "...", true, false},
    Form{Way::stuck, Side::server, "...", "<--", false, true},
    Form{Way::arriving, Side::client, "...", "-->", true, true},
    Form{Way::arriving, Side::server, "<--", "...", true, true},
    Form{Way::lost, Side::client, "-->", "XXX", true, false},
    Form{Way::lost, Side::server, "XXX", "<--", false, true},
    Form{Way::forged, Side::client, "P->", "-->", true, true},
    Form{Way::forged, Side::server, "<--", "<-P", true, true},
    Form{Way::ended, Side::client, "-->", "->P", true, false},
    Form{Way::ended, Side::server, "P<-", "<--", false, true},
};

/// Widths: the longest state, and the segments of nearly all conversations.
constexpr std::string_view kColumns = "{}{:>9}  {:<12} {:>3} {:<40} {:>3} {:<12}  {}";

std::string columns(bool added, std::string_view time, std::string_view a, std::string_view left,
                    std::string_view segment, std::string_view right, std::string_view b,
                    std::string_view remark) {
  std::string text =
      fmt::format(kColumns, added ? '+' : ' ', time, a, left, segment, right, b, remark);
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

std::string time_text(Time at) { return fmt::format("{:.4f}", in_seconds(at)); }

std::string to_text(const LadderRow& row) {
  const FigureLine& line = row.line;
  if (line.way == Way::release) {
    return columns(row.added, time_text(line.at), "", "", "(released by hand)", "", "", row.remark);
  }
  const auto form = std::ranges::find_if(
      kForms, [&line](const Form& f) { return f.way == line.way && f.from == line.from; });
  return columns(row.added, time_text(line.at), form->show_a ? name(row.a.state) : "", form->left,
                 segment_text(line.seq, line.ack, line.flags, line.payload_size), form->right,
                 form->show_b ? name(row.b.state) : "", row.remark);
}

/// The ends' names and addresses above their columns; an address may be wider than a state.
std::string header(const LadderFlow& flow) {
  constexpr std::string_view kHeader = "{:>10}  {:<62}{}\n";
  return fmt::format("connection {}\n", flow.connection) +
         fmt::format(kHeader, "seconds", "TCP Peer A", "TCP Peer B") +
         fmt::format(kHeader, "", flow.flow.client.text(), flow.flow.server.text());
}

/// What only the socket tells: whether a program has it, and what will wake it.
std::string about(const SocketReading& reading) {
  constexpr std::array<std::string_view, 5> kTimers{
      "no timer", "timer: retransmission", "timer: keepalive", "timer: TIME-WAIT", "timer: probe"};
  std::string text(kTimers[static_cast<std::size_t>(reading.timer)]);
  if (reading.state == SocketState::established) {
    text += reading.inode == 0 ? ", not accepted" : ", accepted by an application";
  }
  return text;
}

bool holds(const SocketReading& reading) {
  return reading.state != SocketState::closed && reading.state != SocketState::listen &&
         reading.state != SocketState::unknown;
}

std::string footer(const LadderFlow& flow) {
  std::string out;
  if (flow.rows_left_out != 0) {
    out += columns(false, "", "", "", fmt::format("({} more segments)", flow.rows_left_out), "", "",
                   "");
  }
  std::string remark;
  if (holds(flow.a)) remark += "A: " + about(flow.a);
  if (holds(flow.b)) remark += (remark.empty() ? "B: " : "; B: ") + about(flow.b);
  return out + columns(false, time_text(flow.ended), name(flow.a.state), "", "(end)", "",
                       name(flow.b.state), remark);
}

}  // namespace

ExampleMatch mark_added(const std::vector<FigureLine>& example, std::vector<LadderFlow>& ladder) {
  std::vector<FigureLine> happened;
  if (!ladder.empty()) {
    for (const LadderRow& row : ladder[0].rows) happened.push_back(row.line);
  }
  ExampleMatch match = match_example(example, happened);
  for (std::size_t i = 0; i < happened.size(); ++i) {
    ladder[0].rows[i].added = !example.empty() && !match.in_example[i];
  }
  return match;
}

std::string to_text(const LadderFlow& flow) {
  std::string out = header(flow);
  for (const LadderRow& row : flow.rows) out += to_text(row);
  return out + footer(flow);
}

std::string to_text(const std::vector<LadderFlow>& ladder, std::uint64_t flows_left_out,
                    std::size_t flows) {
  std::vector<const LadderFlow*> shown;
  for (const LadderFlow& flow : ladder) shown.push_back(&flow);
  std::ranges::stable_sort(shown, std::greater{}, &LadderFlow::late_syn);
  const std::uint64_t all = shown.size() + flows_left_out;
  shown.resize(std::min(flows, shown.size()));
  std::string out;
  for (const LadderFlow* flow : shown) out += to_text(*flow) + "\n";
  if (shown.size() < all) {
    out += fmt::format("({} more connections are not shown)\n\n", all - shown.size());
  }
  return out;
}

}  // namespace latesyn
