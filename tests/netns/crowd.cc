#include "tests/netns/crowd.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <map>
#include <thread>

#include "proxy/lab/ends/endpoint_sockets.hpp"
#include "proxy/linux/system_error.hpp"
#include "tests/netns/hosts.hpp"

namespace latesyn {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::array<char, 100> kQuestion{'?'}, kAnswer{'!'};

void watch(const Descriptor& epoll, int fd, std::uint32_t events, int operation = EPOLL_CTL_ADD) {
  epoll_event event{.events = events, .data = {.fd = fd}};
  if (::epoll_ctl(epoll.get(), operation, fd, &event) != 0) throw system_error("watch a socket");
}

/// Answers whoever has asked, and closes.
void serve(int listener, int stop) {
  const Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  watch(epoll, listener, EPOLLIN);
  watch(epoll, stop, EPOLLIN);
  std::map<int, Descriptor> connections;
  std::array<epoll_event, 64> events{};
  for (;;) {
    const int count = ::epoll_wait(epoll.get(), events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == stop) return;
      if (fd == listener) {
        Descriptor made(::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!made) continue;
        const int number = made.get();
        watch(epoll, number, EPOLLIN);
        connections[number] = std::move(made);
        continue;
      }
      std::array<char, 200> asked{};
      if (::recv(fd, asked.data(), asked.size(), 0) > 0) {
        ::send(fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
      }
      connections.erase(fd);
    }
  }
}

/// The client's side.
class Asking {
 public:
  Asking(const Namespace& host, const Endpoint& server) : host_(host), server_(server) {}

  Crowd all(unsigned count, unsigned at_once, std::chrono::milliseconds late_after) {
    const Inside inside(host_);
    for (unsigned begun = 0; begun < count || !open_.empty();) {
      for (; begun < count && open_.size() < at_once; ++begun) begin();
      if (!turn(late_after)) break;
    }
    crowd_.failed += static_cast<unsigned>(open_.size());
    return crowd_;
  }

 private:
  struct Open {
    Descriptor fd;
    Clock::time_point begun;
    std::size_t received = 0;
    bool asked = false;
  };

  void begin() {
    const int family = server_.get()->sa_family;
    Descriptor fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) throw system_error("make a socket");
    const int number = fd.get();
    const auto begun = Clock::now();
    ::connect(number, server_.get(), server_.size);
    watch(epoll_, number, EPOLLOUT);
    open_[number] = {std::move(fd), begun};
  }

  /// False where nothing happened for ten seconds.
  bool turn(std::chrono::milliseconds late_after) {
    std::array<epoll_event, 64> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 10'000);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      Open& open = open_.at(fd);
      if (!open.asked) {
        open.asked = true;
        ::send(fd, kQuestion.data(), kQuestion.size(), MSG_NOSIGNAL);
        watch(epoll_, fd, EPOLLIN, EPOLL_CTL_MOD);
        continue;
      }
      std::array<char, 200> answer{};
      const ssize_t size = ::recv(fd, answer.data(), answer.size(), 0);
      if (size > 0) {
        open.received += static_cast<std::size_t>(size);
        continue;
      }
      end(open, size == 0 && open.received == kAnswer.size(), late_after);
      open_.erase(fd);
    }
    return count > 0;
  }

  void end(const Open& open, bool whole, std::chrono::milliseconds late_after) {
    ++(whole ? crowd_.whole : crowd_.failed);
    const auto took = std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - open.begun);
    if (whole && took > late_after) ++crowd_.late;
    crowd_.longest = std::max(crowd_.longest, took);
  }

  const Namespace& host_;
  SocketAddress server_;
  Descriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  std::map<int, Open> open_;
  Crowd crowd_;
};

}  // namespace

Crowd send_crowd(const Network& network, const Endpoint& server, unsigned count, unsigned at_once,
                 std::chrono::milliseconds late_after) {
  const Descriptor listener = listen_at(network.server(), server, 4096);
  const Descriptor stop(::eventfd(0, EFD_CLOEXEC));
  std::thread serving(serve, listener.get(), stop.get());
  const Crowd crowd = Asking(network.client(), server).all(count, at_once, late_after);
  ::eventfd_write(stop.get(), 1);
  serving.join();
  return crowd;
}

}  // namespace latesyn
