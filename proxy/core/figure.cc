#include "proxy/core/figure.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace latesyn {
namespace {

/// The forms of a line: what stands left and right of the segment.
struct Form {
  Way way;
  Side from;
  std::string_view left, right;
};
constexpr std::array kForms{
    Form{Way::through, Side::client, "A -->", "--> B"},
    Form{Way::through, Side::server, "A <--", "<-- B"},
    Form{Way::stuck, Side::client, "A -->", "..."},
    Form{Way::stuck, Side::server, "...", "<-- B"},
    Form{Way::arriving, Side::client, "...", "--> B"},
    Form{Way::arriving, Side::server, "A <--", "..."},
    Form{Way::lost, Side::client, "A -->", "XXX"},
    Form{Way::lost, Side::server, "XXX", "<-- B"},
    Form{Way::forged, Side::client, "P -->", "--> B"},
    Form{Way::forged, Side::server, "A <--", "<-- P"},
    Form{Way::ended, Side::client, "A -->", "--> P"},
    Form{Way::ended, Side::server, "P <--", "<-- B"},
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
  if (key == "DATA") return read_number(value, line.payload_size) && line.payload_size <= 1400;
  return key == "CTL" && read_flags(value, line.flags);
}

bool read_segment(std::string_view text, FigureLine& line) {
  if (!text.starts_with("<SEQ=")) return false;
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
  for (const Form& form : kForms) {
    if (form.left != left || form.right != right) continue;
    line.way = form.way;
    line.from = form.from;
    return true;
  }
  return false;
}

/// The words left or right of the segment, one blank apart.
std::string join(std::string_view first, std::string_view second) {
  return second.empty() ? std::string(first) : fmt::format("{} {}", first, second);
}

}  // namespace

std::optional<FigureLine> parse_figure_line(std::string_view text) {
  FigureLine line;
  if (!read_time(take_word(text), line.at)) return std::nullopt;
  std::array<std::string_view, 2> left{take_word(text), {}}, right;
  if (left[0] == "release") {
    line.way = Way::release;
    return take_word(text).empty() ? std::optional(line) : std::nullopt;
  }
  std::string_view segment = take_word(text);
  if (!segment.starts_with('<') || segment == "<--") {
    left[1] = segment;
    segment = take_word(text);
  }
  right = {take_word(text), take_word(text)};
  const bool whole = take_word(text).empty() && read_segment(segment, line) &&
                     read_form(join(left[0], left[1]), join(right[0], right[1]), line);
  return whole ? std::optional(line) : std::nullopt;
}

std::string segment_text(std::uint32_t seq, std::uint32_t ack, Flags flags,
                         std::uint32_t payload_size) {
  std::string text = fmt::format("<SEQ={}>", seq);
  if (flags.ack) text += fmt::format("<ACK={}>", ack);
  if (payload_size != 0) text += fmt::format("<DATA={}>", payload_size);
  return text + fmt::format("<CTL={}>", flags.text());
}

std::string to_text(const FigureLine& line) {
  const double at = in_seconds(line.at);
  if (line.way == Way::release) return fmt::format("{:.3f}  release", at);
  for (const Form& form : kForms) {
    if (form.way != line.way || form.from != line.from) continue;
    const std::string segment = segment_text(line.seq, line.ack, line.flags, line.payload_size);
    return fmt::format("{:.3f}  {:>5} {:<40} {}", at, form.left, segment, form.right);
  }
  return {};
}

}  // namespace latesyn
