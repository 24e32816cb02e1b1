// Writing that nobody waits for: who puts a record goes on, whatever the descriptor does.

#include "proxy/output/background_writer.hpp"

#include <fcntl.h>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>
#include <string>
#include <utility>

namespace latesyn {
namespace {

using OnError = BackgroundWriter::OnError;

bool put(BackgroundWriter& writer, std::string_view text) {
  return writer.put(std::as_bytes(std::span(text)));
}

/// A pipe that holds 4 KB.
std::pair<Descriptor, Descriptor> narrow_pipe() {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  REQUIRE(::fcntl(ends[1], F_SETPIPE_SZ, 4096) == 4096);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

std::string read_all(const Descriptor& pipe) {
  std::string text;
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t size = ::read(pipe.get(), part.data(), part.size());
    if (size <= 0) return text;
    text.append(part.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

TEST_CASE("Records are written whole and in order") {
  auto [reader, pipe] = narrow_pipe();
  {
    BackgroundWriter writer(std::move(pipe), 1000, OnError::give_up);
    CHECK(put(writer, "one\n"));
    CHECK(put(writer, "two\n"));
    writer.flush();
    CHECK(put(writer, "three\n"));
    writer.drain();
    CHECK(writer.missing() == 0);
  }
  CHECK(read_all(reader) == "one\ntwo\nthree\n");
}

TEST_CASE("A pipe that nobody reads keeps nobody waiting, and what is missing is counted") {
  auto [reader, pipe] = narrow_pipe();
  const std::string record(1000, 'x');
  BackgroundWriter writer(std::move(pipe), 10'000, OnError::give_up);
  unsigned taken = 0;
  for (int i = 0; i < 100; ++i) {
    taken += put(writer, record) ? 1U : 0U;
    writer.flush();
  }
  // What the pipe has does not count as waiting any more.
  CHECK(taken >= 10);
  CHECK(taken <= 15);
  writer.drain();
  CHECK(writer.missing() == 96);
}

TEST_CASE("A reader that comes late gets what found room") {
  auto [reader, pipe] = narrow_pipe();
  const std::string record(1000, 'x');
  BackgroundWriter writer(std::move(pipe), 10'000, OnError::give_up);
  std::size_t taken = 0;
  for (int i = 0; i < 100; ++i) taken += put(writer, record) ? 1U : 0U;
  CHECK(taken == 10);
  writer.flush();
  std::string got(taken * record.size(), '\0');
  for (std::size_t at = 0; at < got.size();) {
    const ssize_t size = ::read(reader.get(), &got[at], got.size() - at);
    REQUIRE(size > 0);
    at += static_cast<std::size_t>(size);
  }
  CHECK(got == std::string(10'000, 'x'));
  writer.drain();
  CHECK(writer.missing() == 90);
}

TEST_CASE("After an error a file is left as it is, and the first reason is told once") {
  std::atomic<int> told = 0, error = 0;
  BackgroundWriter writer(Descriptor(::open("/dev/full", O_WRONLY | O_CLOEXEC)), 1000,
                          OnError::give_up, [&](int number) {
                            ++told;
                            error = number;
                          });
  CHECK(put(writer, "one"));
  writer.drain();
  CHECK(put(writer, "two"));
  writer.drain();
  CHECK(writer.missing() == 2);
  CHECK(told == 1);
  CHECK(error == ENOSPC);
}

TEST_CASE("Where an error does not matter the next record is tried") {
  BackgroundWriter writer(Descriptor(::open("/dev/full", O_WRONLY | O_CLOEXEC)), 1000,
                          OnError::go_on);
  for (unsigned i = 1; i <= 3; ++i) {
    CHECK(put(writer, "one"));
    writer.drain();
    CHECK(writer.missing() == i);
  }
}

}  // namespace latesyn
