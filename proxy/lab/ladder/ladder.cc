#include "proxy/lab/ladder/ladder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

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

/// Widths: the longest state, and the segments of nearly all conversations. `front` is the time,
/// and the number of the line in the RFC where the example has numbers.
constexpr std::string_view kColumns = "{}{:>9}  {:<12} {:>3} {:<40} {:>3} {:<12}  {}";

std::string columns(bool added, std::string_view front, std::string_view a, std::string_view left,
                    std::string_view segment, std::string_view right, std::string_view b,
                    std::string_view remark) {
  std::string text =
      fmt::format(kColumns, added ? '+' : ' ', front, a, left, segment, right, b, remark);
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

std::string time_text(Time at) { return fmt::format("{:.4f}", in_seconds(at)); }

std::string front_text(const LadderRow& row, bool numbered) {
  std::string text = time_text(row.line.at);
  if (numbered) {
    text = fmt::format("{:>9}  {:<4}", text, row.line.number.empty() ? "" : row.line.number + ".");
  }
  return text;
}

std::string to_text(const LadderRow& row, bool numbered) {
  const FigureLine& line = row.line;
  const std::string front = front_text(row, numbered);
  if (line.way == Way::release) {
    return columns(row.added, front, "", "", "(released by hand)", "", "", row.remark);
  }
  if (line.way == Way::states) {
    return columns(row.added, front, name(row.a.state), "", "", "", name(row.b.state), row.remark);
  }
  const auto form = std::ranges::find_if(
      kForms, [&line](const Form& f) { return f.way == line.way && f.from == line.from; });
  return columns(row.added, front, form->show_a ? name(row.a.state) : "", form->left,
                 segment_text(line), form->right, form->show_b ? name(row.b.state) : "",
                 row.remark);
}

bool is_numbered(const LadderFlow& flow) {
  return std::ranges::any_of(flow.rows, [](const LadderRow& r) { return !r.line.number.empty(); });
}

/// The ends' names and addresses above their columns; an address may be wider than a state.
std::string header(const LadderFlow& flow, bool numbered) {
  constexpr std::string_view kHeader = "{:>10}{}  {:<62}{}\n";
  const std::string_view line = numbered ? "  line" : "", none = numbered ? "      " : "";
  return fmt::format("connection {}\n", flow.connection) +
         fmt::format(kHeader, "seconds", line, "TCP Peer A", "TCP Peer B") +
         fmt::format(kHeader, "", none, flow.flow.client.text(), flow.flow.server.text());
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

std::string footer(const LadderFlow& flow, bool numbered) {
  std::string out;
  if (flow.rows_left_out != 0) {
    out += columns(false, std::string(numbered ? 15 : 0, ' '), "", "",
                   fmt::format("({} more segments)", flow.rows_left_out), "", "", "");
  }
  std::string remark;
  if (holds(flow.a)) remark += "A: " + about(flow.a);
  if (holds(flow.b)) remark += (remark.empty() ? "B: " : "; B: ") + about(flow.b);
  LadderRow end;
  end.line.at = flow.ended;
  return out + columns(false, front_text(end, numbered), name(flow.a.state), "", "(end)", "",
                       name(flow.b.state), remark);
}

/// All rows, and those that a change would make, in order.
std::vector<LadderRow> with_changes(const LadderFlow& flow) {
  std::vector<LadderRow> rows;
  auto change = flow.changes.begin();
  for (std::size_t i = 0; i <= flow.rows.size(); ++i) {
    for (; change != flow.changes.end() && change->rows_before == i; ++change) {
      rows.push_back(change->row);
    }
    if (i < flow.rows.size()) rows.push_back(flow.rows[i]);
  }
  return rows;
}

LadderRow row_of_states(const FigureLine& example, const LadderRow& where) {
  LadderRow row{.line = example, .a = where.a, .b = where.b};
  row.line.at = where.line.at;
  return row;
}

}  // namespace

ExampleMatch mark_added(const std::vector<FigureLine>& example, std::vector<LadderFlow>& ladder) {
  if (ladder.empty()) return match_example(example, {});
  LadderFlow& flow = ladder[0];
  std::vector<LadderRow> rows = with_changes(flow);
  std::vector<FigureLine> happened;
  for (const LadderRow& row : rows) {
    happened.push_back(row.line);
    happened.back().a = row.a.state;
    happened.back().b = row.b.state;
  }
  ExampleMatch match = match_example(example, happened);
  flow.rows.clear();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    LadderRow& row = rows[i];
    row.added = !example.empty() && !match.in_example[i];
    const bool is_segment = row.line.way != Way::states;
    std::vector<LadderRow> states;  // that the example has at this place
    for (std::size_t line = 0; line < example.size(); ++line) {
      if (match.places[line] != i) continue;
      if (is_segment && example[line].way != Way::states) row.line.number = example[line].number;
      if (example[line].way == Way::states) states.push_back(row_of_states(example[line], row));
    }
    if (is_segment) flow.rows.push_back(row);
    std::ranges::move(states, std::back_inserter(flow.rows));
  }
  match.in_example.clear();
  for (const LadderRow& row : flow.rows) {
    match.in_example.push_back(!example.empty() && !row.added);
  }
  return match;
}

std::string to_text(const LadderFlow& flow) {
  const bool numbered = is_numbered(flow);
  std::string out = header(flow, numbered);
  for (const LadderRow& row : flow.rows) out += to_text(row, numbered);
  return out + footer(flow, numbered);
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
