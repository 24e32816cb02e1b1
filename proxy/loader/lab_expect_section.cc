// The keys of [[expect]] that are about the two hosts of the lab.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "proxy/loader/policy_sections.hpp"

namespace latesyn {
namespace {

constexpr std::size_t kStatesMax = 11, kCountersMax = 100;
constexpr std::uint32_t kStatusMax = 255;
constexpr std::span<const std::string_view> kStates = std::span(kSocketStateNames).subspan(1);

SocketState read_state(const DocumentValue& value) {
  return static_cast<SocketState>(value.choice(kStates) + 1);
}

std::vector<SocketState> read_states(DocumentTable& table, std::string_view key) {
  std::vector<SocketState> states;
  const auto value = table.find(key);
  if (!value) return states;
  for (const DocumentValue& word : value->one_or_list("at least one state", kStatesMax)) {
    states.push_back(read_state(word));
  }
  return states;
}

/// "TIME-WAIT": of all; { SYN-RECEIVED = 5 }: of so many.
std::vector<FinalExpectation> read_final(DocumentTable& table, std::string_view key) {
  std::vector<FinalExpectation> all;
  const auto value = table.find(key);
  if (!value) return all;
  if (!value->is_table()) return {{read_state(*value), std::nullopt}};
  DocumentTable counts = value->table("such as { SYN-RECEIVED = 5 }");
  for (const DocumentValue& count : counts.all()) {
    const auto state = socket_state(count.name());
    if (!state)
      count.fail(fmt::format("\"{}\" is no state; write for example SYN-RECEIVED", count.name()));
    all.push_back({*state, count.number(0, kCountMax)});
  }
  return all;
}

CounterExpectation read_counter(const DocumentValue& value) {
  const CountBound bound =
      read_count_bound(value, "how far it goes up: 1, or at least so far: \">= 1\"");
  return {.name = value.name(), .value = bound.value, .at_least = bound.at_least};
}

std::vector<CounterExpectation> read_counters(DocumentTable& table, std::string_view key) {
  std::vector<CounterExpectation> all;
  const auto value = table.find(key);
  if (!value) return all;
  DocumentTable counters = value->table("such as { TcpExtTCPSYNChallenge = 1 }");
  for (const DocumentValue& counter : counters.all()) {
    all.push_back(read_counter(counter));
    if (all.size() > kCountersMax) counter.fail("more than 100 counters; leave some out");
  }
  return all;
}

/// The keys of one host. A table remembers keys as they stand here.
struct Keys {
  std::string_view final_states, reached, never, counters, status;
};
constexpr Keys kClient{"client_final", "client_reached", "client_never", "client_counters",
                       "client_status"};
constexpr Keys kServer{"server_final", "server_reached", "server_never", "server_counters",
                       "server_status"};

EndExpectation read_end(DocumentTable& table, const Keys& keys) {
  // One after the other: an unknown key is answered with those that are known, in this order.
  EndExpectation e;
  e.final_states = read_final(table, keys.final_states);
  e.reached = read_states(table, keys.reached);
  e.never = read_states(table, keys.never);
  e.counters = read_counters(table, keys.counters);
  if (const auto value = table.find(keys.status)) e.status = value->number(0, kStatusMax);
  return e;
}

}  // namespace

CountBound read_count_bound(const DocumentValue& value, std::string_view wanted) {
  if (value.is_number()) return {.value = value.number(0, kCountMax)};
  CountBound bound;
  const std::string text = value.text(wanted);
  const auto digit = text.find_first_of("0123456789");
  bound.at_least =
      text.starts_with(">=") && digit != text.npos && text.find_first_not_of(' ', 2) == digit;
  const char* const end = text.data() + text.size();
  if (!bound.at_least || std::from_chars(text.data() + digit, end, bound.value).ptr != end) {
    value.refuse(wanted);
  }
  return bound;
}

LabExpectation read_lab_expectation(DocumentTable& table) {
  LabExpectation e;
  if (const auto value = table.find("example")) {
    constexpr std::array<std::string_view, 1> kSeen{"seen"};
    e.example_seen = value->choice(kSeen) == 0;
  }
  e.client = read_end(table, kClient);
  e.server = read_end(table, kServer);
  if (const auto value = table.find("accepted")) e.accepted = value->number(0, kCountMax);
  if (const auto value = table.find("served")) e.served = value->number(0, kCountMax);
  return e;
}

}  // namespace latesyn
