#include "proxy/watch/decision_log.hpp"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <catch2/catch.hpp>
#include <sstream>

#include "proxy/notes/note_text.hpp"
#include "tests/unit/notes.hpp"

namespace latesyn::test {
namespace {

/// What the log says while this is there.
class Said {
 public:
  Said() : before_(spdlog::default_logger()) {
    auto logger = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
    logger->set_pattern("%v");
    spdlog::set_default_logger(std::move(logger));
  }
  ~Said() { spdlog::set_default_logger(before_); }
  Said(const Said&) = delete;
  Said& operator=(const Said&) = delete;

  std::string text() const { return text_.str(); }

 private:
  std::shared_ptr<spdlog::logger> before_;
  std::ostringstream text_;
};

/// A SYN of another connection each.
Arrived held_syn_of(std::uint32_t connection) {
  Arrived note = held_syn();
  note.segment.connection = connection;
  return note;
}

}  // namespace

TEST_CASE("Decisions that are alike are told three times a second, and then counted") {
  const Said said;
  DecisionLog log;
  const std::string line = note_line(held_syn()) + "\n";
  for (int i = 0; i < 600; ++i) log.on_note(held_syn(), {});
  log.on_note(reset_late_syn(), {});
  log.begin_second();
  log.on_note(held_syn(), {});
  log.begin_second();
  CHECK(said.text() ==
        line + line + line + note_line(reset_late_syn()) +
            "\n              … and 597 more like #3, syn from the client: captured by "
            "\"stuck\"\n" +
            line);
}

TEST_CASE("A late SYN's outcome is told once, whatever else becomes known of it") {
  const Said said;
  DecisionLog log;
  Judged half_open = reset_late_syn(), reset = half_open;
  half_open.late_syn.outcome = Outcome::half_open;
  half_open.late_syn.client_answer = {};
  const std::string first = note_line(half_open) + "\n", last = note_line(reset) + "\n";
  log.on_note(half_open, {});
  half_open.late_syn.client_answer = reset.late_syn.client_answer;
  log.on_note(half_open, {});  // the client's RST has come to us
  log.on_note(reset, {});      // and has reached the server
  CHECK(said.text() == first + last);
  Judged other = half_open;
  ++other.late_syn.id;
  log.on_note(other, {});
  CHECK(said.text() == first + last + note_line(other) + "\n");
}

TEST_CASE("No more lines are told in a second than can be read") {
  const Said said;
  DecisionLog log;
  std::string told;
  for (std::uint32_t i = 1; i <= 2000; ++i) {
    log.on_note(held_syn_of(i), {});
    if (i <= DecisionLog::kLinesMax) told += note_line(held_syn_of(i)) + "\n";
  }
  log.begin_second();
  CHECK(said.text() ==
        told + "              … and 1975 more in this second (--events FILE has them all)\n");
}

TEST_CASE("What nobody decided, and what whoever steers the run tells, is not told here") {
  const Said said;
  DecisionLog log;
  Arrived passed = held_syn();
  passed.rules.clear();
  Triggered nobody = closed_connection();
  nobody.woken = 0;
  for (const Note& note : std::vector<Note>{passed, nobody, released_by_hand(), another_policy()}) {
    log.on_note(note, {});
  }
  log.begin_second();
  CHECK(said.text().empty());
}

}  // namespace latesyn::test
