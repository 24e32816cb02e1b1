// Time and chance are arguments: no clock, sleep, thread or random_device in a pure room
// (proxy/rooms.txt), and no test that sleeps.

#include <array>
#include <span>

#include "tests/tidy/rooms.hpp"
#include "tests/tidy/source_file.hpp"

namespace latesyn::test {
namespace {

constexpr std::array<std::string_view, 6> kSleeps{"sleep_for",  "sleep_until", "usleep(",
                                                  "nanosleep(", " sleep(",     "::sleep("};
constexpr std::array<std::string_view, 16> kImpure{
    "steady_clock",  "system_clock", "high_resolution_clock", "clock_gettime", "gettimeofday",
    "time(nullptr)", "time(NULL)",   "std::thread",           "std::jthread",  "std::async",
    "std::mutex",    "pthread_",     "random_device",         "std::rand(",    "srand(",
    "getrandom("};

Complaints words(const SourceFile& file, std::span<const std::string_view> forbidden) {
  Complaints out;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string code = code_of(file.lines[i]);
    for (const auto word : forbidden) {
      if (code.find(word) != code.npos) out.push_back(complaint(file, i + 1, word));
    }
  }
  return out;
}

Complaints impure_words(const SourceFile& file) {
  const Room* const room = room_of(rooms(), file.path);
  const bool may_know_the_world =
      (room && !room->pure) || in(file, "tests/netns") || in(file, "tests/bench");
  return may_know_the_world ? Complaints{} : words(file, kImpure);
}

Complaints sleeping_words(const SourceFile& file) {
  const Room* const room = room_of(rooms(), file.path);
  const bool may_sleep = room && !room->pure;
  return may_sleep ? Complaints{} : words(file, kSleeps);
}

}  // namespace

TEST_CASE("no clock, thread or true chance in a pure room") {
  CHECK(complaints_about_tree(impure_words) == Complaints{});
}

TEST_CASE("a clock and true chance in the core are found, in a comment they are not") {
  const std::string text =
      "auto now = std::chrono::steady_clock::now();\n// no steady_clock here\nf(\"std::thread\");\n"
      "std::random_device chance;\n";
  CHECK(impure_words(snippet("proxy/engine/engine.cc", text)) ==
        Complaints{"proxy/engine/engine.cc:1: steady_clock",
                   "proxy/engine/engine.cc:4: random_device"});
  CHECK(impure_words(snippet("proxy/queue/driver.cc", text)).empty());
}

TEST_CASE("nothing sleeps, and no test does") {
  CHECK(complaints_about_tree(sleeping_words) == Complaints{});
}

TEST_CASE("a sleep in a test is found") {
  CHECK(sleeping_words(snippet("tests/netns/run_test.cc", "  std::this_thread::sleep_for(1s);")) ==
        Complaints{"tests/netns/run_test.cc:1: sleep_for"});
  CHECK(sleeping_words(snippet("tests/netns/run_test.cc", "  usleep(100);")) ==
        Complaints{"tests/netns/run_test.cc:1: usleep("});
}

}  // namespace latesyn::test
