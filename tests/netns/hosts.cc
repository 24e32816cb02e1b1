#include "tests/netns/hosts.hpp"

#include <sys/socket.h>
#include <sys/time.h>

#include <array>

#include "proxy/lab/ends/endpoint_sockets.hpp"
#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

void set_option(int fd, int option, auto value) {
  ::setsockopt(fd, SOL_SOCKET, option, &value, sizeof value);
}

Descriptor make_socket(const Namespace& host, Family family) {
  const Inside inside(host);
  Descriptor fd(::socket(family == Family::v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) throw system_error("make a socket");
  set_option(fd.get(), SO_REUSEADDR, 1);
  const timeval bound{.tv_sec = 10, .tv_usec = 0};
  set_option(fd.get(), SO_RCVTIMEO, bound);
  set_option(fd.get(), SO_SNDTIMEO, bound);
  return fd;
}

}  // namespace

Descriptor listen_at(const Namespace& host, const Endpoint& own, int backlog) {
  Descriptor listener = make_socket(host, own.address.family());
  const SocketAddress address(own);
  if (::bind(listener.get(), address.get(), address.size) != 0 ||
      ::listen(listener.get(), backlog) != 0) {
    throw system_error("listen at " + own.text());
  }
  return listener;
}

Descriptor accept_from(const Descriptor& listener) {
  Descriptor connection(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const timeval bound{.tv_sec = 10, .tv_usec = 0};
  if (connection) {
    set_option(connection.get(), SO_RCVTIMEO, bound);
    set_option(connection.get(), SO_SNDTIMEO, bound);
  }
  return connection;
}

Server::Server(const Namespace& host, const Endpoint& own, Serve serve)
    : listener_(listen_at(host, own)) {
  set_option(listener_.get(), SO_RCVTIMEO, timeval{});
  thread_ = std::thread([fd = listener_.get(), serve = std::move(serve)] {
    // Ends when the listener is shut down.
    for (;;) {
      const Descriptor connection(::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC));
      if (!connection) return;
      set_option(connection.get(), SO_RCVTIMEO, timeval{.tv_sec = 10, .tv_usec = 0});
      serve(connection.get());
    }
  });
}

Server::~Server() {
  ::shutdown(listener_.get(), SHUT_RDWR);
  thread_.join();
}

void echo(int connection) {
  std::array<char, 4096> bytes{};
  for (;;) {
    const ssize_t size = receive(connection, bytes.data(), bytes.size());
    if (size <= 0) return;
    ::send(connection, bytes.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL);
  }
}

Descriptor connect_to(const Namespace& host, const Endpoint& server, std::uint16_t port) {
  Descriptor fd = make_socket(host, server.address.family());
  if (port != 0) {
    const bool v4 = server.address.family() == Family::v4;
    const SocketAddress own({IpAddress::parse(v4 ? "0.0.0.0" : "::").value(), port});
    if (::bind(fd.get(), own.get(), own.size) != 0) throw system_error("bind");
  }
  const SocketAddress address(server);
  if (::connect(fd.get(), address.get(), address.size) != 0) return {};
  return fd;
}

ssize_t receive(int connection, void* bytes, std::size_t size, int flags) {
  ssize_t received = -1;
  do {
    received = ::recv(connection, bytes, size, flags);
  } while (received < 0 && errno == EINTR);
  return received;
}

std::string receive_all(int connection) {
  std::string text;
  std::array<char, 4096> bytes{};
  for (;;) {
    const ssize_t size = receive(connection, bytes.data(), bytes.size());
    if (size <= 0) return text;
    text.append(bytes.data(), static_cast<std::size_t>(size));
  }
}

std::string ask(const Namespace& host, const Endpoint& server, const std::string& text,
                std::uint16_t port) {
  const Descriptor fd = connect_to(host, server, port);
  if (!fd) return {};
  ::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
  ::shutdown(fd.get(), SHUT_WR);
  return receive_all(fd.get());
}

}  // namespace latesyn
