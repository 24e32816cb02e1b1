#include "proxy/lab/ladder/ladder_picture.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace latesyn {
namespace {

// Pixels. Rows have one height each, whatever time lies between them: waits of seconds stand beside
// answers within microseconds.
constexpr int kWidth = 860, kTop = 86, kRow = 30, kSlope = 8;
constexpr int kLineA = 220, kLineB = 640, kMiddle = (kLineA + kLineB) / 2;
constexpr std::string_view kInk = "#1f2933", kPale = "#9aa5b1", kLate = "#d9480f",
                           kOurs = "#1971c2";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

struct Point {
  int x, y;
};

std::string text_at(Point at, std::string_view anchor, std::string_view colour,
                    std::string_view text) {
  return fmt::format(
      "<text x=\"{}\" y=\"{}\" text-anchor=\"{}\" fill=\"{}\" stroke=\"white\" stroke-width=\"4\" "
      "paint-order=\"stroke\">{}</text>\n",
      at.x, at.y, anchor, colour, escaped(text));
}

std::string arrow(Point from, Point to, std::string_view colour, bool whole) {
  return fmt::format(
      "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{}\" stroke-width=\"1.6\"{}/>\n",
      from.x, from.y, to.x, to.y, colour,
      whole ? fmt::format(" marker-end=\"url(#{})\"", colour.substr(1)) : "");
}

std::string marker(std::string_view colour) {
  return fmt::format(
      "<marker id=\"{}\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" "
      "markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"{}\"/></marker>\n",
      colour.substr(1), colour);
}

class Picture {
 public:
  explicit Picture(const LadderFlow& flow) : flow_(flow) {}

  std::string draw() {
    for (std::size_t i = 0; i < flow_.rows.size(); ++i) draw_row(i);
    return std::move(out_);
  }

 private:
  static int y_of(std::size_t row) { return kTop + static_cast<int>(row) * kRow; }
  static int x_of(Side side) { return side == Side::client ? kLineA : kLineB; }

  void draw_row(std::size_t i) {
    const LadderRow& row = flow_.rows[i];
    const int y = y_of(i);
    if (!row.line.number.empty()) {
      out_ += text_at({92, y + 4}, "end", kInk, row.line.number + ".");
    }
    out_ += text_at({66, y + 4}, "end", kPale, fmt::format("{:.3f} s", in_seconds(row.line.at)));
    if (row.line.way == Way::release) {
      out_ += text_at({kMiddle, y}, "middle", kOurs, "released by hand");
      return;
    }
    draw_states(row, y);
    if (row.line.way != Way::states) draw_way(i, y);
  }

  void draw_states(const LadderRow& row, int y) {
    const bool sent = row.line.way != Way::arriving && row.line.way != Way::forged;
    const bool received = row.line.way != Way::stuck && row.line.way != Way::lost;
    const bool client = row.line.from == Side::client;
    if (client ? sent : received)
      out_ += text_at({kLineA - 12, y + 4}, "end", kInk, name(row.a.state));
    if (client ? received : sent) {
      out_ += text_at({kLineB + 12, y + 4}, "start", kInk, name(row.b.state));
    }
  }

  void draw_way(std::size_t i, int y) {
    const FigureLine& line = flow_.rows[i].line;
    const int from = x_of(line.from), to = x_of(other(line.from));
    const int part_way = from + (to - from) * 2 / 3;
    std::string_view colour = kInk;
    switch (line.way) {
      case Way::stuck:
        colour = kLate;
        if (const auto arrival = arrival_of(i)) {
          out_ += arrow({from, y - kSlope / 2}, {to, y_of(*arrival) + kSlope / 2}, colour, true);
        } else {
          out_ += arrow({from, y}, {part_way, y}, colour, false);
        }
        break;
      case Way::arriving:
        colour = kLate;
        if (!was_drawn(i)) out_ += arrow({kMiddle, y}, {to, y}, colour, true);
        break;
      case Way::lost:
        colour = kPale;
        out_ += arrow({from, y}, {part_way, y}, colour, false);
        out_ += text_at({part_way, y + 5}, "middle", colour, "✕");
        break;
      case Way::forged:
        colour = kOurs;
        out_ += arrow({kMiddle, y}, {to, y}, colour, true);
        break;
      default:
        out_ += arrow({from, y - kSlope / 2}, {to, y + kSlope / 2}, colour, true);
    }
    draw_label(line, y, colour);
  }

  void draw_label(const FigureLine& line, int y, std::string_view colour) {
    const std::string segment = segment_text(line);
    const bool stuck = line.way == Way::stuck;
    const int shift = !stuck ? 0 : line.from == Side::client ? -90 : 90;
    out_ += text_at({kMiddle + shift, y - 7}, "middle", colour,
                    line.way == Way::forged ? "latesyn: " + segment : segment);
  }

  static bool same(const FigureLine& a, const FigureLine& b) {
    return a.from == b.from && a.seq == b.seq && a.ack == b.ack && a.flags == b.flags &&
           a.payload_size == b.payload_size && a.icmp == b.icmp;
  }
  /// The row where a stuck segment arrives: the first arrival of the same that no earlier row has.
  std::optional<std::size_t> arrival_of(std::size_t stuck) {
    for (std::size_t i = stuck + 1; i < flow_.rows.size(); ++i) {
      const FigureLine& line = flow_.rows[i].line;
      if (line.way != Way::arriving || was_drawn(i) || !same(line, flow_.rows[stuck].line))
        continue;
      drawn_.push_back(i);
      return i;
    }
    return std::nullopt;
  }
  bool was_drawn(std::size_t i) const { return std::ranges::find(drawn_, i) != drawn_.end(); }

  const LadderFlow& flow_;
  std::string out_;
  std::vector<std::size_t> drawn_;
};

std::string ends(const LadderFlow& flow, int bottom) {
  std::string out;
  for (const Side side : {Side::client, Side::server}) {
    const bool client = side == Side::client;
    const int x = client ? kLineA : kLineB;
    out += fmt::format("<line x1=\"{0}\" y1=\"{1}\" x2=\"{0}\" y2=\"{2}\" stroke=\"{3}\"/>\n", x,
                       kTop - 18, bottom - 26, kPale);
    out += text_at({x, kTop - 40}, "middle", kInk,
                   client ? "TCP Peer A (client)" : "TCP Peer B (server)");
    out += text_at({x, kTop - 25}, "middle", kPale,
                   client ? flow.flow.client.text() : flow.flow.server.text());
  }
  out += text_at({kLineA - 12, bottom - 12}, "end", kInk, name(flow.a.state));
  out += text_at({kLineB + 12, bottom - 12}, "start", kInk, name(flow.b.state));
  return out;
}

}  // namespace

std::string to_svg(const LadderFlow& flow, std::string_view title) {
  const int bottom = kTop + static_cast<int>(flow.rows.size()) * kRow + 30;
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" font-family=\"ui-monospace, DejaVu Sans Mono, monospace\" "
      "font-size=\"11.5\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<defs>\n",
      kWidth, bottom);
  for (const std::string_view colour : {kInk, kPale, kLate, kOurs}) out += marker(colour);
  out += "</defs>\n";
  out += text_at({kWidth / 2, 22}, "middle", kInk, title);
  out += ends(flow, bottom);
  out += text_at({66, bottom - 12}, "end", kPale, fmt::format("{:.3f} s", in_seconds(flow.ended)));
  return out + Picture(flow).draw() + "</svg>\n";
}

}  // namespace latesyn
