#include "proxy/policy/lab_facts.hpp"

#include <fmt/format.h>

namespace latesyn {
namespace {

/// What a shell says by its own statuses.
std::string meaning(int status) {
  constexpr int kNotExecutable = 126, kNotFound = 127, kSignalled = 128;
  if (status == kNotExecutable) return ": a program of it can't be executed";
  if (status == kNotFound) return ": a program of it was not found";
  return status > kSignalled ? fmt::format(": signal {}", status - kSignalled) : "";
}

}  // namespace

std::string text(const CommandEnd& end) {
  if (!end.status) return "it still ran when the lab ended";
  std::string out = fmt::format("it ended with status {}{}", *end.status, meaning(*end.status));
  if (*end.status != 0 && !end.last_words.empty()) out += "; its last words: " + end.last_words;
  return out;
}

std::string brief_text(std::string_view host, const CommandEnd& end) {
  return end.status ? fmt::format("{} status {}", host, *end.status)
                    : fmt::format("{} still running", host);
}

}  // namespace latesyn
