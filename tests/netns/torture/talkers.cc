#include "tests/netns/torture/talkers.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>

#include "proxy/linux/system_error.hpp"

namespace latesyn::torture {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// At a time, to each server.
constexpr std::ptrdiff_t kLong = 3, kShort = 4;
constexpr milliseconds kShortest{20}, kLongAtLeast{1500}, kLongest{9000};
/// How long one may come no further. Four retransmissions in a row can be lost in it, and more.
constexpr seconds kPatience(40);
/// … where it may fail: whether it does shows sooner.
constexpr seconds kPatienceWithForgiven(2);
constexpr int kTurn_ms = 5;

bool is_long(const Talk& talk) { return talk.plan().length >= kLongAtLeast; }

void watch_for_input(const Descriptor& epoll, int fd) {
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.fd = fd}};
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0)
    throw system_error("watch a socket");
}

double seconds_since(Clock::time_point then, Clock::time_point now) {
  return std::chrono::duration<double>(now - then).count();
}

}  // namespace

Talkers::Talkers(const Namespace& host, const std::vector<Endpoint>& servers, std::uint64_t seed)
    : host_(host),
      servers_(servers),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      rng_{seed, 1} {
  watch_for_input(epoll_, stop_.get());
  thread_ = std::thread([this] { run(); });
}

Talkers::~Talkers() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

void Talkers::expect(const Handling& handling, bool may_fail) {
  const std::lock_guard lock(mutex_);
  handling_ = handling;
  may_fail_ = may_fail;
  for (auto& [fd, entry] : entries_) {
    if (!entry.prospect.answered) entry.prospect.handling.join(handling);
  }
}

void Talkers::each(const std::function<void(Prospect&)>& change) {
  const std::lock_guard lock(mutex_);
  for (auto& [fd, entry] : entries_) {
    const bool before = entry.prospect.forgiven;
    change(entry.prospect);
    if (entry.prospect.forgiven && !before) entry.forgiven = Clock::now();
  }
}

bool Talkers::answered_since(Clock::time_point since, Family family) const {
  const std::lock_guard lock(mutex_);
  const auto answered = answered_.find(family);
  return answered != answered_.end() && answered->second > since;
}

std::optional<FlowKey> Talkers::any(Rng& rng) const {
  const std::lock_guard lock(mutex_);
  std::vector<FlowKey> flows;
  for (const auto& [fd, entry] : entries_) {
    if (entry.prospect.answered) flows.push_back(entry.talk.flow());
  }
  if (flows.empty()) return {};
  return flows[rng() % flows.size()];
}

Tally Talkers::tally() const {
  const std::lock_guard lock(mutex_);
  return tally_;
}

/// What comes in wakes it; what it says is due by the clock, looked at in every turn.
void Talkers::run() {
  const Inside inside(host_);
  std::array<epoll_event, 64> events{};
  for (;;) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), kTurn_ms);
    for (int i = 0; i < count; ++i) {
      if (events[static_cast<std::size_t>(i)].data.fd == stop_.get()) return;
    }
    const std::lock_guard lock(mutex_);
    turn();
  }
}

void Talkers::turn() {
  const auto now = Clock::now();
  for (auto& [fd, entry] : entries_) go_on(entry, now);
  std::erase_if(entries_, [](const auto& entry) { return entry.second.over; });
  begin_missing();
}

void Talkers::go_on(Entry& entry, Clock::time_point now) {
  if (const auto came_to = entry.talk.go_on(now)) return end(entry, *came_to, now);
  Prospect& prospect = entry.prospect;
  if (!prospect.answered && entry.talk.answered()) {
    prospect.answered = true;
    auto& latest = answered_[entry.talk.flow().server.address.family()];
    latest = std::max(latest, entry.talk.began());
  }
  const auto since = std::max(entry.talk.moved(), entry.forgiven);
  if (now - since <= (prospect.forgiven ? kPatienceWithForgiven : kPatience)) return;
  end(entry, End::broken, now);
}

void Talkers::end(Entry& entry, End end, Clock::time_point now) {
  entry.over = true;
  tally_.bytes += entry.talk.echoed();
  if (end == End::whole) {
    ++tally_.whole;
  } else if (end == End::broken && entry.prospect.forgiven) {
    ++tally_.forgiven;
  } else {
    const Handling& handling = entry.prospect.handling;
    tally_.findings.push_back(fmt::format(
        "{:.3f} s: {}{}, after {:.3f} s, of life {}{}{}{}", seconds_since(began_, now),
        end == End::wrong ? "WRONG BYTES: " : "", entry.talk.text(),
        seconds_since(entry.talk.began(), now), handling.life, handling.relayed ? ", relayed" : "",
        handling.shifted ? ", shifted" : "", handling.spliced ? ", spliced" : ""));
  }
  if (end != End::whole) entry.talk.cut();
}

void Talkers::begin_missing() {
  for (const Endpoint& server : servers_) {
    const auto open = [&](bool for_long) {
      return std::ranges::count_if(entries_, [&](const auto& entry) {
        const Talk& talk = entry.second.talk;
        return talk.flow().server == server && is_long(talk) == for_long;
      });
    };
    if (open(true) < kLong) begin(server, true);
    if (open(false) < kShort) begin(server, false);
  }
}

void Talkers::begin(const Endpoint& server, bool for_long) {
  const auto between = [this](milliseconds from, milliseconds to) {
    return milliseconds(
        chance(static_cast<std::uint64_t>(from.count()), static_cast<std::uint64_t>(to.count())));
  };
  const bool hasty = chance(0, 4) == 0;
  Talk talk(
      {.server = server,
       .number = begun_++,
       .length = for_long ? between(kLongAtLeast, kLongest) : between(milliseconds(0), kShortest),
       .pause = between(milliseconds(hasty ? 10 : 30), milliseconds(hasty ? 50 : 200)),
       .question = static_cast<std::size_t>(chance(1, hasty ? 30'000 : 3'000)),
       .resets = chance(0, 4) == 0});
  const int fd = talk.descriptor();
  watch_for_input(epoll_, fd);
  entries_.emplace(fd, Entry{.talk = std::move(talk),
                             .prospect = {.handling = handling_, .forgiven = may_fail_}});
}

}  // namespace latesyn::torture
