#include "tests/netns/torture/echo_server.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "proxy/linux/system_error.hpp"
#include "tests/netns/hosts.hpp"

namespace latesyn::torture {
namespace {

using Clock = std::chrono::steady_clock;

/// Longer than any client of the test waits for an answer: who is silent for so long was cut off.
constexpr std::chrono::seconds kSilent(60);

void listen_for(const Descriptor& epoll, int fd, std::uint32_t events, int operation) {
  epoll_event event{.events = events, .data = {.fd = fd}};
  if (::epoll_ctl(epoll.get(), operation, fd, &event) != 0) throw system_error("watch a socket");
}

}  // namespace

EchoServer::EchoServer(const Namespace& host, const std::vector<Endpoint>& ends)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), stop_(::eventfd(0, EFD_CLOEXEC)) {
  listen_for(epoll_, stop_.get(), EPOLLIN, EPOLL_CTL_ADD);
  for (const Endpoint& end : ends) {
    const Descriptor& listener = listeners_.emplace_back(listen_at(host, end, 4096));
    ::fcntl(listener.get(), F_SETFL, O_NONBLOCK);
    listen_for(epoll_, listener.get(), EPOLLIN, EPOLL_CTL_ADD);
  }
  thread_ = std::thread([this] { run(); });
}

EchoServer::~EchoServer() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

void EchoServer::run() {
  std::array<epoll_event, 64> events{};
  for (;;) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 1000);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == stop_.get()) return;
      serve(fd);
    }
    forget_the_silent();
  }
}

void EchoServer::serve(int fd) {
  const auto client = clients_.find(fd);
  if (client == clients_.end()) return accept_all(fd);
  client->second.heard = Clock::now();
  if (!echo(client->second)) clients_.erase(client);
}

void EchoServer::accept_all(int listener) {
  for (;;) {
    Descriptor made(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!made) return;
    const int fd = made.get();
    listen_for(epoll_, fd, EPOLLIN, EPOLL_CTL_ADD);
    clients_[fd] = {.fd = std::move(made), .unsaid = {}, .heard = Clock::now()};
  }
}

bool EchoServer::echo(Client& client) {
  const int fd = client.fd.get();
  std::array<std::byte, 65536> heard{};
  for (;;) {
    while (!client.unsaid.empty()) {
      const ssize_t said = ::send(fd, client.unsaid.data(), client.unsaid.size(), MSG_NOSIGNAL);
      if (said < 0 && errno != EAGAIN) return false;
      if (said < 0) {
        listen_for(epoll_, fd, EPOLLOUT, EPOLL_CTL_MOD);
        return true;
      }
      client.unsaid.erase(client.unsaid.begin(), client.unsaid.begin() + said);
    }
    const ssize_t size = ::recv(fd, heard.data(), heard.size(), 0);
    if (size < 0 && errno == EAGAIN) {
      listen_for(epoll_, fd, EPOLLIN, EPOLL_CTL_MOD);
      return true;
    }
    if (size <= 0) return false;
    client.unsaid.assign(heard.begin(), heard.begin() + size);
  }
}

void EchoServer::forget_the_silent() {
  const auto now = Clock::now();
  std::erase_if(clients_, [now](const auto& c) { return now - c.second.heard > kSilent; });
}

}  // namespace latesyn::torture
