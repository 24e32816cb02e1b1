// Reads `[lab] steps`: each step is a line of words, "client connects from=40000, gets
// ECONNREFUSED".

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "proxy/document/nearest.hpp"
#include "proxy/loader/policy_sections.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

constexpr std::size_t kStepsMax = 1000;
constexpr std::uint32_t kBytesMax = 100'000'000, kNumberMax = 10'000, kFastOpenMax = 1000;
constexpr std::uint32_t kPortMax = 65'535;

/// What stands behind a verb.
enum class Operand : std::uint8_t { none, bytes, state, duration, rule };

/// A verb as users write it.
struct Form {
  std::string_view words;
  StepVerb verb;
  bool of_end;
  Operand operand = Operand::none;
  std::string_view options;  // those that it takes, each between blanks
};
constexpr std::array kForms{
    Form{"listens", StepVerb::listen, true, Operand::none,
         " on backlog defer fast_open receive_buffer mptcp "},
    Form{"stops listening", StepVerb::stop_listening, true},
    Form{"accepts", StepVerb::accept, true},
    Form{"connects", StepVerb::connect, true, Operand::none,
         " from to fast_open receive_buffer mptcp "},
    Form{"begins to connect", StepVerb::begin_to_connect, true, Operand::none,
         " from to receive_buffer mptcp "},
    Form{"finishes connecting", StepVerb::finish_connecting, true, Operand::none, " connection "},
    Form{"sends", StepVerb::send, true, Operand::bytes, " connection "},
    Form{"begins to send", StepVerb::begin_to_send, true, Operand::bytes, " connection "},
    Form{"receives the end", StepVerb::receive_end, true, Operand::none, " connection "},
    Form{"receives", StepVerb::receive, true, Operand::bytes, " connection "},
    Form{"shuts down", StepVerb::shut_down, true, Operand::none, " connection "},
    Form{"closes", StepVerb::close, true, Operand::none, " connection "},
    Form{"resets", StepVerb::reset, true, Operand::none, " connection "},
    Form{"vanishes", StepVerb::vanish, true, Operand::none, " connection "},
    Form{"keeps alive", StepVerb::keep_alive, true, Operand::none,
         " connection after every times "},
    Form{"reaches", StepVerb::reach, true, Operand::state},
    Form{"wait", StepVerb::wait, false, Operand::duration},
    Form{"release", StepVerb::release, false},
    Form{"departure of", StepVerb::departure, false, Operand::rule},
    Form{"conversations", StepVerb::conversations, false},
};

constexpr std::array<std::string_view, 12> kResults{
    "end",   "nothing",     "ECONNREFUSED", "ECONNRESET",   "ETIMEDOUT", "EHOSTUNREACH",
    "EPIPE", "ENETUNREACH", "EADDRINUSE",   "ECONNABORTED", "EACCES",    "EADDRNOTAVAIL"};

/// Takes one step apart from left to right, and knows the column where it is.
class StepReader {
 public:
  StepReader(const DocumentValue& value, const std::vector<Rule>& rules)
      : value_(value), rules_(rules), whole_(value.text("a step in quotes, \"client connects\"")) {
    rest_ = whole_;
  }

  LabStep read() {
    step_.text = whole_;
    if (rest_.size() > 200) fail("a step has at most 200 characters");
    skip_blanks();
    const bool of_end = read_end();
    const Form& form = read_verb(of_end);
    step_.verb = form.verb;
    read_operand(form.operand);
    while (!at_result()) read_option(form);
    read_result();
    return step_;
  }

 private:
  [[noreturn]] void fail(std::string_view problem) const {
    Place place = value_.place();
    // Behind the opening quote.
    place.at.column += static_cast<std::uint32_t>(1 + whole_.size() - rest_.size());
    latesyn::fail(place, problem);
  }

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }
  std::string_view next_word() const { return rest_.substr(0, rest_.find_first_of(" ,")); }
  bool take(std::string_view words) {
    const bool there =
        rest_.starts_with(words) &&
        (rest_.size() == words.size() || rest_[words.size()] == ' ' || rest_[words.size()] == ',');
    if (!there) return false;
    rest_.remove_prefix(words.size());
    skip_blanks();
    return true;
  }

  bool read_end() {
    if (take("client")) return true;
    if (!take("server")) return false;
    step_.end = Side::server;
    return true;
  }

  const Form& read_verb(bool of_end) {
    std::vector<std::string_view> known;
    for (const Form& form : kForms) {
      if (form.of_end != of_end) continue;
      if (take(form.words)) return form;
      known.push_back(form.words);
    }
    const std::string_view found = rest_.substr(0, rest_.find(','));
    if (of_end)
      fail(fmt::format("\"{}\" is nothing that an end does; {}", found, suggestion(found, known)));
    fail(
        fmt::format("\"{}\" begins with no end and is nothing that the lab does; begin with "
                    "\"client\" or \"server\", or write one of: {}",
                    found, fmt::join(known, ", ")));
  }

  void read_operand(Operand operand) {
    switch (operand) {
      case Operand::none:
        return;
      case Operand::bytes:
        step_.bytes = number(next_word(), kBytesMax, "how many bytes");
        break;
      case Operand::state:
        step_.state = state();
        break;
      case Operand::duration:
        step_.time = duration(next_word());
        break;
      case Operand::rule:
        step_.rule = rest_;
        if (std::ranges::none_of(rules_, [&](const Rule& r) { return r.name == step_.rule; })) {
          fail(fmt::format("no rule is called \"{}\"; write the name of one", step_.rule));
        }
        rest_ = {};
        return;
    }
    take(next_word());
  }

  SocketState state() const {
    const auto state = socket_state(next_word());
    if (!state) {
      fail(fmt::format("\"{}\" is no state; {}", next_word(),
                       suggestion(next_word(), std::span(kSocketStateNames).subspan(1))));
    }
    return *state;
  }
  Duration duration(std::string_view text) const {
    const auto duration = parse_duration(text);
    if (!duration) {
      fail(fmt::format("\"{}\" is no time; write a number and a unit (us, ms, s, m), 500ms", text));
    }
    return *duration;
  }
  std::uint32_t number(std::string_view text, std::uint32_t most, std::string_view what) const {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number == 0 || number > most) {
      fail(fmt::format("\"{}\" is not {}; write a whole number from 1 to {}", text, what, most));
    }
    return number;
  }

  bool at_result() const { return rest_.empty() || rest_.starts_with(','); }

  void read_option(const Form& form) {
    const std::string_view word = next_word();
    const auto equals = word.find('=');
    const std::string_view key = word.substr(0, equals);
    if (equals == word.npos || form.options.find(fmt::format(" {} ", key)) == form.options.npos) {
      fail(fmt::format("\"{}\" is too much behind \"{}\"; {}", word, form.words,
                       form.options.empty()
                           ? "leave it out"
                           : fmt::format("\"{}\" takes only:{}, each as name=value", form.words,
                                         listed(form.options))));
    }
    set_option(key, word.substr(equals + 1));
    take(word);
  }
  static std::string listed(std::string_view options) {
    std::string text(options.substr(0, options.size() - 1));
    for (auto at = text.find(' ', 1); at != text.npos; at = text.find(' ', at + 2)) {
      text.replace(at, 1, ", ");
    }
    return text;
  }

  void set_option(std::string_view key, std::string_view value) {
    const auto port = [&] { return static_cast<std::uint16_t>(number(value, kPortMax, "a port")); };
    if (key == "on") step_.port = port();
    if (key == "from") step_.from = port();
    if (key == "to") step_.to = port();
    if (key == "backlog") step_.backlog = number(value, kNumberMax, "a backlog");
    if (key == "fast_open") step_.fast_open = number(value, kFastOpenMax, "a number for Fast Open");
    if (key == "receive_buffer") step_.receive_buffer = number(value, kBytesMax, "a size");
    if (key == "connection") step_.connection = number(value, kNumberMax, "a connection's number");
    if (key == "times") step_.times = number(value, 100, "how many times");
    if (key == "mptcp") step_.mptcp = number(value, 1, "mptcp=1") == 1;
    if (key == "defer") step_.defer = duration(value);
    if (key == "after") step_.after = duration(value);
    if (key == "every") step_.every = duration(value);
  }

  void read_result() {
    if (rest_.empty()) return;
    rest_.remove_prefix(1);
    skip_blanks();
    if (!take("gets")) fail("behind the comma stands what it comes to: \", gets ECONNREFUSED\"");
    if (std::ranges::find(kResults, rest_) == kResults.end()) {
      fail(fmt::format("\"{}\" is no result; {}", rest_, suggestion(rest_, kResults)));
    }
    step_.result = rest_;
  }

  const DocumentValue& value_;
  const std::vector<Rule>& rules_;
  std::string whole_;
  std::string_view rest_;
  LabStep step_;
};

}  // namespace

std::vector<LabStep> read_steps(const DocumentValue& value, const std::vector<Rule>& rules) {
  std::vector<LabStep> steps;
  for (const DocumentValue& line : value.list("a list of steps, [\"server listens\"]", kStepsMax)) {
    steps.push_back(StepReader(line, rules).read());
  }
  return steps;
}

}  // namespace latesyn
