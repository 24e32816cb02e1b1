#include "proxy/notes/figure.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace latesyn {
namespace {

/// The forms of a line: what stands left and right of the segment.
struct Arrow {
  Way way;
  Side from;
  std::string_view left, right;
};
constexpr std::array kArrows{
    Arrow{Way::through, Side::client, "A -->", "--> B"},
    Arrow{Way::through, Side::server, "A <--", "<-- B"},
    Arrow{Way::stuck, Side::client, "A -->", "..."},
    Arrow{Way::stuck, Side::server, "...", "<-- B"},
    Arrow{Way::arriving, Side::client, "...", "--> B"},
    Arrow{Way::arriving, Side::server, "A <--", "..."},
    Arrow{Way::lost, Side::client, "A -->", "XXX"},
    Arrow{Way::lost, Side::server, "XXX", "<-- B"},
    Arrow{Way::forged, Side::client, "P -->", "--> B"},
    Arrow{Way::forged, Side::server, "A <--", "<-- P"},
    Arrow{Way::ended, Side::client, "A -->", "--> P"},
    Arrow{Way::ended, Side::server, "P <--", "<-- B"},
};

/// Removes and returns the text up to the next gap of spaces.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  return word;
}

template <typename Number>
bool read_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

bool read_flags(std::string_view text, Flags& flags) {
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    bool* const flag = word == "SYN"   ? &flags.syn
                       : word == "ACK" ? &flags.ack
                       : word == "FIN" ? &flags.fin
                       : word == "RST" ? &flags.rst
                                       : nullptr;
    if (flag == nullptr || *flag) return false;
    *flag = true;
  }
  return flags != Flags{};
}

/// One "<KEY=value>" of a segment.
bool read_field(std::string_view field, FigureLine& line) {
  const auto equals = field.find('=');
  if (equals == field.npos) return false;
  const std::string_view key = field.substr(0, equals), value = field.substr(equals + 1);
  if (key == "SEQ") return read_number(value, line.seq);
  if (key == "ACK") return read_number(value, line.ack);
  if (key == "ICMP") {
    const auto name = std::ranges::find(kUnreachableNames, value);
    if (name == kUnreachableNames.end()) return false;
    line.icmp = static_cast<Unreachable>(name - kUnreachableNames.begin());
    return true;
  }
  if (key == "DATA") return read_number(value, line.payload_size) && line.payload_size <= 1400;
  return key == "CTL" && read_flags(value, line.flags);
}

bool read_segment(std::string_view text, FigureLine& line) {
  if (!text.starts_with("<SEQ=") && !text.starts_with("<ICMP=")) return false;
  bool acknowledges = false;
  while (!text.empty()) {
    const auto close = text.find('>');
    if (!text.starts_with('<') || close == text.npos) return false;
    if (!read_field(text.substr(1, close - 1), line)) return false;
    acknowledges = acknowledges || text.starts_with("<ACK=");
    text.remove_prefix(close + 1);
  }
  return line.flags != Flags{} && acknowledges == line.flags.ack;
}

bool read_time(std::string_view text, Time& at) {
  double seconds = 0;
  if (!read_number(text, seconds) || !(seconds >= 0 && seconds < 1e9)) return false;
  at = Time(Duration(std::llround(seconds * 1e9)));
  return true;
}

bool read_form(std::string_view left, std::string_view right, FigureLine& line) {
  for (const Arrow& form : kArrows) {
    if (form.left != left || form.right != right) continue;
    line.way = form.way;
    line.from = form.from;
    return true;
  }
  return false;
}

/// Splits what stands on one side of the segment into its mark, "A -->", and the state beside it.
struct Flank {
  std::string mark;
  std::optional<SocketState> state;
};

/// None where a word is too many. `state_first`: left of the segment.
std::optional<Flank> read_flank(std::vector<std::string_view> words, bool state_first) {
  Flank flank;
  if (!words.empty()) {
    flank.state = socket_state(state_first ? words.front() : words.back());
    if (flank.state) words.erase(state_first ? words.begin() : words.end() - 1);
  }
  if (words.empty() || words.size() > 2) return std::nullopt;
  flank.mark = fmt::format("{}", fmt::join(words, " "));
  return flank;
}

/// "2." or "5.1."
bool read_line_number(std::string_view word, std::string& number) {
  if (word.size() < 2 || word.size() > 8 || !word.ends_with('.') || word.front() == '.') {
    return false;
  }
  word.remove_suffix(1);
  if (word.find_first_not_of("0123456789.") != word.npos) return false;
  number = word;
  return true;
}

std::optional<FigureLine> read_states(const std::vector<std::string_view>& words, FigureLine line) {
  const auto a = socket_state(words[0]), b = socket_state(words[1]);
  if (!a || !b) return std::nullopt;
  line.way = Way::states;
  line.a = *a;
  line.b = *b;
  return line;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (auto word = take_word(text); !word.empty(); word = take_word(text)) words.push_back(word);
  return words;
}

/// Columns: as wide as the longest state, but nothing where no line has any.
std::string beside(const FigureLine& line, std::string_view form) {
  const std::string number = line.number.empty() ? "" : line.number + ". ";
  const bool stated = line.a != SocketState::unknown || line.b != SocketState::unknown;
  if (!stated) return fmt::format("{}{}", number, form);
  const auto text = [](SocketState s) { return s == SocketState::unknown ? "" : name(s); };
  std::string out = fmt::format("{:>4}{:<12} {} {}", number, text(line.a), form, text(line.b));
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

}  // namespace

std::optional<FigureLine> parse_figure_line(std::string_view text) {
  FigureLine line;
  if (!read_time(take_word(text), line.at)) return std::nullopt;
  std::vector<std::string_view> words = words_of(text);
  if (!words.empty() && read_line_number(words[0], line.number)) words.erase(words.begin());
  if (words.size() == 1 && words[0] == "release") {
    line.way = Way::release;
    return line;
  }
  if (words.size() == 2) return read_states(words, line);
  const auto segment = std::ranges::find_if(
      words, [](std::string_view w) { return w.starts_with('<') && w != "<--"; });
  if (segment == words.end()) return std::nullopt;
  const auto left = read_flank({words.begin(), segment}, true);
  const auto right = read_flank({segment + 1, words.end()}, false);
  if (!left || !right || !read_segment(*segment, line)) return std::nullopt;
  if (!read_form(left->mark, right->mark, line)) return std::nullopt;
  if (line.icmp && line.way != Way::forged) return std::nullopt;  // none but ours are shown
  line.a = left->state.value_or(SocketState::unknown);
  line.b = right->state.value_or(SocketState::unknown);
  return line;
}

std::vector<FigureLine> events_of(const std::vector<FigureLine>& lines) {
  std::vector<FigureLine> events;
  for (FigureLine line : lines) {
    if (line.way == Way::states) continue;
    line.number.clear();
    line.a = line.b = SocketState::unknown;
    events.push_back(std::move(line));
  }
  return events;
}

std::string segment_text(std::uint32_t seq, std::uint32_t ack, Flags flags,
                         std::uint32_t payload_size) {
  std::string text = fmt::format("<SEQ={}>", seq);
  if (flags.ack) text += fmt::format("<ACK={}>", ack);
  if (payload_size != 0) text += fmt::format("<DATA={}>", payload_size);
  return text + fmt::format("<CTL={}>", flags.text());
}

std::string segment_text(const FigureLine& line) {
  const std::string segment = segment_text(line.seq, line.ack, line.flags, line.payload_size);
  if (!line.icmp) return segment;
  return fmt::format("<ICMP={}>", name(*line.icmp)) + segment;
}

std::string to_text(const FigureLine& line) {
  const double at = in_seconds(line.at);
  if (line.way == Way::release) return fmt::format("{:.3f}  release", at);
  if (line.way == Way::states) return fmt::format("{:.3f}  {}", at, beside(line, ""));
  for (const Arrow& form : kArrows) {
    if (form.way != line.way || form.from != line.from) continue;
    const std::string segment = segment_text(line);
    return fmt::format(
        "{:.3f}  {}", at,
        beside(line, fmt::format("{:>5} {:<40} {}", form.left, segment, form.right)));
  }
  return {};
}

}  // namespace latesyn
