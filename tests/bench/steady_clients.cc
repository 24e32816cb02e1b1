#include "tests/bench/steady_clients.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <array>

#include "proxy/linux/system_error.hpp"
#include "tests/bench/bed.hpp"

namespace latesyn::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::string_view kRequest = "GET / HTTP/1.0\r\n\r\n";
/// More at once stand for a path that is stuck: the pace is not kept then.
constexpr std::size_t kOpenMax = 8000;

}  // namespace

SteadyClients::SteadyClients(const Namespace& host, std::vector<std::uint16_t> ports)
    : host_(host), ports_(std::move(ports)), poll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!poll_) throw system_error("wait for connections");
}

void SteadyClients::open_one() {
  Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(ports_[opened_++ % ports_.size()]);
  ::inet_pton(AF_INET, std::string(kServer).c_str(), &to.sin_addr);
  const void* place = &to;
  const int result = ::connect(fd.get(), static_cast<const sockaddr*>(place), sizeof to);
  if (!fd || (result != 0 && errno != EINPROGRESS)) {
    ++failed_;
    return;
  }
  epoll_event event{.events = EPOLLOUT, .data = {.fd = fd.get()}};
  ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, fd.get(), &event);
  open_.emplace(fd.get(), std::move(fd));
}

void SteadyClients::serve(int wait_ms) {
  std::array<epoll_event, 256> events{};
  const int count = ::epoll_wait(poll_.get(), events.data(), events.size(), wait_ms);
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    serve(event.data.fd, event.events);
  }
}

void SteadyClients::serve(int fd, std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) {
    if (::send(fd, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) return close(fd, false);
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    ::epoll_ctl(poll_.get(), EPOLL_CTL_MOD, fd, &event);
    return;
  }
  std::array<char, 1024> answer{};
  const ssize_t size = ::recv(fd, answer.data(), answer.size(), 0);
  // The answer comes with the end, or just before it: the end alone says that all is there.
  if (size == 0) return close(fd, true);
  if (size < 0 && errno != EAGAIN) close(fd, false);
}

void SteadyClients::close(int fd, bool answered) {
  ++(answered ? answered_ : failed_);
  open_.erase(fd);
}

void SteadyClients::run(double per_second, std::chrono::duration<double> how_long) {
  const Inside inside(host_);
  const auto start = Clock::now();
  std::uint64_t begun = 0;
  for (auto now = start; now - start < how_long; now = Clock::now()) {
    const double due = std::chrono::duration<double>(now - start).count() * per_second;
    while (static_cast<double>(begun) < due && open_.size() < kOpenMax) {
      open_one();
      ++begun;
    }
    serve(1);
  }
}

void SteadyClients::finish() {
  const auto end = Clock::now() + std::chrono::seconds(10);
  while (!open_.empty() && Clock::now() < end) serve(100);
  failed_ += open_.size();
  open_.clear();
}

}  // namespace latesyn::bench
