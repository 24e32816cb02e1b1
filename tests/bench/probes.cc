#include "tests/bench/probes.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>

#include "proxy/linux/promptness.hpp"
#include "tests/bench/segment_tap.hpp"
#include "tests/bench/syn_source.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/hosts.hpp"

namespace latesyn::bench {
namespace {

using std::chrono::milliseconds;

/// Bytes of all objects of the kernel's connection tracking.
double conntrack_bytes() {
  std::ifstream file("/proc/slabinfo");
  std::string name;
  double total = 0, active = 0, all = 0, size = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    if (words >> name >> active >> all >> size && name.starts_with("nf_conntrack")) {
      total += active * size;
    }
  }
  return total;
}

/// Nobody answers SYNs there: what is measured is their way, not the way of the answers.
void make_silent(const Bed& bed) {
  bed.run(bed.network().server(), {"iptables-restore"},
          fmt::format("*raw\n-A PREROUTING -s {}/16 -j DROP\nCOMMIT\n", kNobody));
}

/// Returns when the kernel's own alarm for that moment has come.
void wait_for_alarm(Duration due) {
  const Descriptor timer(::timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(due);
  const itimerspec alarm{
      .it_interval = {},
      .it_value = {.tv_sec = seconds.count(), .tv_nsec = (due - seconds).count()}};
  ::timerfd_settime(timer.get(), TFD_TIMER_ABSTIME, &alarm, nullptr);
  pollfd ready{.fd = timer.get(), .events = POLLIN, .revents = 0};
  ::poll(&ready, 1, -1);
}

/// How long after the moment that `send` returns its SYN reached the server, `count` times.
std::vector<double> lateness_us(const Bed& bed, int count, const std::function<Duration()>& send) {
  make_silent(bed);
  SegmentTap tap(bed.network().server(), false);
  std::vector<double> out;
  std::minstd_rand chance(1);
  for (int i = 0; i < count; ++i) {
    const Duration due = send();
    const auto arrived = tap.next(milliseconds(1000));
    if (!arrived) throw std::runtime_error("a delayed SYN did not arrive in a second");
    out.push_back(std::chrono::duration<double, std::micro>(*arrived - due).count());
    // The next one comes at any moment, not in step with this one's release.
    const auto pause = wall_clock() + std::chrono::microseconds(200 + chance() % 500);
    while (wall_clock() < pause) ::poll(nullptr, 0, 0);
    // Copies, if there were any.
    while (tap.next(milliseconds(0))) continue;
  }
  return out;
}

void allow_many_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

double resident_bytes(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) * 1024;
  }
  throw std::runtime_error("could not read how much memory the subject has: is it gone?");
}

double share_answered(const Bed& bed, std::uint16_t port, std::uint32_t count, double per_second) {
  const auto server = bed.start_http(port);
  SegmentTap tap(bed.network().client(), true);
  std::thread sender([&] { SynSource(bed.network().client(), port).send(count, per_second); });
  const std::uint32_t answered = tap.count_different(count, milliseconds(1500));
  sender.join();
  return static_cast<double>(answered) / count;
}

std::vector<double> transits_us(const Bed& bed, std::uint16_t port, Duration delay, int count) {
  SynSource source(bed.network().client(), port);
  return lateness_us(bed, count, [&] {
    const Duration sent = wall_clock();
    source.send_one();
    return sent + delay;
  });
}

std::vector<double> alarms_us(const Bed& bed, std::uint16_t port, Duration delay, int count) {
  SynSource source(bed.network().client(), port);
  run_promptly();
  auto late = lateness_us(bed, count, [&] {
    const Duration due = wall_clock() + delay;
    wait_for_alarm(due);
    source.send_one();
    return due;
  });
  run_in_short_turns();
  return late;
}

std::string hold_policy() {
  return "[[rule]]\nwhen = { segment = \"syn\" }\ndo = \"hold\"\nuntil = \"released\"\n";
}

Held hold_syns(const Bed& bed, const Standing& subject, std::uint16_t port, std::uint32_t count) {
  make_silent(bed);
  const pid_t pid = subject.program->pid();
  const double before = resident_bytes(pid);
  const std::uint64_t arrived = received(bed.network().server()).packets;
  SynSource source(bed.network().client(), port);
  source.send(count, 150'000);
  // Done when it has stopped growing: everything that was queued has been taken.
  double grown = before;
  const bool settled = eventually(
      [&] {
        ::poll(nullptr, 0, 200);
        return std::exchange(grown, resident_bytes(pid)) == resident_bytes(pid);
      },
      std::chrono::seconds(60));
  if (!settled) throw std::runtime_error("SYNs were still being held after a minute");
  Held held{.bytes_each = (resident_bytes(pid) - before) / count};
  const auto start = std::chrono::steady_clock::now();
  subject.program->send(SIGUSR1);
  std::uint64_t got = 0;
  auto last = start;
  const bool all = eventually(
      [&] {
        const std::uint64_t now = received(bed.network().server()).packets - arrived;
        if (now != got) last = std::chrono::steady_clock::now();
        got = now;
        return got >= count || std::chrono::steady_clock::now() - last > milliseconds(2000);
      },
      std::chrono::seconds(60));
  const double seconds = std::chrono::duration<double>(last - start).count();
  held.released_per_second = all ? static_cast<double>(got) / seconds : 0;
  held.lost = count > got ? static_cast<double>(count - got) : 0;
  return held;
}

Idle idle_connections(const Bed& bed, const Standing& subject, std::uint16_t port, int count) {
  // The first ones cost what is paid once: programs' pages that are read in when they are run.
  constexpr int kFirst = 500;
  allow_many_descriptors();
  std::vector<Descriptor> accepted, opened;
  const Endpoint server_end{IpAddress::parse(kServer).value(), port};
  const Server server(bed.network().server(), server_end,
                      [&](int connection) { accepted.emplace_back(::dup(connection)); });
  const auto open_more = [&](int more) {
    for (int i = 0; i < more; ++i) {
      opened.push_back(connect_to(bed.network().client(), server_end));
      if (!opened.back()) throw std::runtime_error("could not open an idle connection");
    }
  };
  open_more(kFirst);
  const double ours = resident_bytes(subject.program->pid()), kernel = conntrack_bytes();
  open_more(count);
  return {(resident_bytes(subject.program->pid()) - ours) / count,
          (conntrack_bytes() - kernel) / count};
}

}  // namespace latesyn::bench
