// An end that follows the lab's steps: each is a call or two on plain sockets.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>

#include "proxy/lab/ends/endpoint.hpp"
#include "proxy/lab/ends/endpoint_sockets.hpp"

namespace latesyn {
namespace {

/// Empty: as it should be.
using Result = std::string;

Result failed() {
  switch (errno) {
    case EAGAIN:
    case EINPROGRESS:
      return "nothing";
    default:
      return ::strerrorname_np(errno);
  }
}

void set(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof(value));
}

int seconds_of(Duration d) {
  return static_cast<int>(std::chrono::ceil<std::chrono::seconds>(d).count());
}

/// True once it is so, without waiting where `now` is set.
bool is_ready(int fd, short events, bool now) {
  pollfd one{.fd = fd, .events = events, .revents = 0};
  return ::poll(&one, 1, now ? 0 : -1) == 1;
}

class Follower {
 public:
  explicit Follower(const EndpointTask& task)
      : own_(task.role == Side::client ? task.client : task.server),
        peer_(task.role == Side::client ? task.server : task.client),
        // The client's usual port is any; only its listeners and who calls it back need one.
        serves_(task.role == Side::server) {}

  Result follow(const LabStep& step) {
    // What should not come is only looked for: it may come later, and then it is another step's.
    now_ = step.result == "nothing";
    switch (step.verb) {
      case StepVerb::listen:
        return listen(step);
      case StepVerb::stop_listening:
        listener_ = {};
        return {};
      case StepVerb::accept:
        return accept();
      case StepVerb::connect:
      case StepVerb::begin_to_connect:
        return connect(step);
      default:
        return follow_on(step);
    }
  }

 private:
  struct Connection {
    Descriptor fd;
    std::uint16_t accepted_from = 0;
    bool served = false;
  };

  Result follow_on(const LabStep& step) {
    Connection* const connection = of(step);
    if (connection == nullptr) return "no connection";
    const int fd = connection->fd.get();
    switch (step.verb) {
      case StepVerb::finish_connecting:
        return finish_connecting(fd);
      case StepVerb::send:
        return send_all(fd, std::string(step.bytes, '.')) ? Result() : failed();
      case StepVerb::begin_to_send:
        return begin_to_send(fd, step.bytes);
      case StepVerb::receive:
        return receive(*connection, step.bytes);
      case StepVerb::receive_end:
        return receive_end(fd);
      case StepVerb::shut_down:
        return ::shutdown(fd, SHUT_WR) == 0 ? Result() : failed();
      case StepVerb::keep_alive:
        return keep_alive(fd, step);
      default:
        return end(*connection, step.verb);
    }
  }

  Connection* of(const LabStep& step) {
    const std::size_t at = step.connection == 0 ? connections_.size() : step.connection;
    if (at == 0 || at > connections_.size() || !connections_[at - 1].fd) return nullptr;
    return &connections_[at - 1];
  }

  Result bind(int fd, std::uint16_t port) const {
    return bind_to(fd, {own_.address, port}) ? Result() : failed();
  }

  Result listen(const LabStep& step) {
    listener_ = tcp_socket(own_, step.mptcp);
    const int fd = listener_.get();
    if (auto problem = bind(fd, step.port == 0 ? own_.port : step.port); !problem.empty()) {
      return problem;
    }
    if (step.receive_buffer != 0) {
      set(fd, SOL_SOCKET, SO_RCVBUF, static_cast<int>(step.receive_buffer));
    }
    if (step.fast_open != 0) set(fd, IPPROTO_TCP, TCP_FASTOPEN, static_cast<int>(step.fast_open));
    if (step.defer != Duration::zero()) {
      set(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, seconds_of(step.defer));
    }
    return ::listen(fd, static_cast<int>(step.backlog)) == 0 ? Result() : failed();
  }

  Result accept() {
    if (!listener_) return "no listener";
    if (!is_ready(listener_.get(), POLLIN, now_)) return "nothing";
    Accepted accepted = accept_from(listener_.get());
    if (!accepted.fd) return failed();
    tell({{"accepted", accepted.client_port}});
    connections_.push_back({std::move(accepted.fd), accepted.client_port});
    return {};
  }

  Result connect(const LabStep& step) {
    Descriptor& made = connections_.emplace_back(Connection{tcp_socket(peer_, step.mptcp)}).fd;
    const int fd = made.get();
    const std::uint16_t from = step.from == 0 && serves_ ? own_.port : step.from;
    if (from != 0) {
      if (auto problem = bind(fd, from); !problem.empty()) return problem;
    }
    if (step.receive_buffer != 0) {
      set(fd, SOL_SOCKET, SO_RCVBUF, static_cast<int>(step.receive_buffer));
    }
    const SocketAddress address(Endpoint{peer_.address, step.to == 0 ? peer_.port : step.to});
    if (step.fast_open != 0) {
      const std::string data(step.fast_open, '.');
      const auto sent = ::sendto(fd, data.data(), data.size(), MSG_FASTOPEN | MSG_NOSIGNAL,
                                 address.get(), address.size);
      return sent >= 0 ? Result() : failed();
    }
    const bool begins = step.verb == StepVerb::begin_to_connect;
    if (begins) set_blocking(fd, false);
    if (::connect(fd, address.get(), address.size) == 0) return {};
    return begins && errno == EINPROGRESS ? Result() : failed();
  }

  Result finish_connecting(int fd) const {
    if (!is_ready(fd, POLLOUT, now_)) return "nothing";
    set_blocking(fd, true);
    socklen_t size = sizeof(errno);
    int error = 0;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    errno = error;
    return error == 0 ? Result() : failed();
  }

  static void set_blocking(int fd, bool blocks);

  static Result begin_to_send(int fd, std::uint32_t bytes) {
    const std::string data(bytes, '.');
    const auto sent = ::send(fd, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent >= 0 ? Result() : failed();
  }

  Result receive(Connection& connection, std::uint32_t bytes) const {
    std::string data(bytes, '\0');
    const int fd = connection.fd.get();
    const auto n = ::recv(fd, data.data(), data.size(), now_ ? MSG_DONTWAIT : MSG_WAITALL);
    if (n < 0) return failed();
    if (n > 0 && !connection.served && connection.accepted_from != 0) {
      connection.served = true;
      tell({{"served", connection.accepted_from}});
    }
    if (n == 0) return "end";
    return static_cast<std::size_t>(n) == bytes
               ? Result()
               : std::to_string(n) + " of " + std::to_string(bytes) + " bytes";
  }

  Result receive_end(int fd) const {
    char byte = 0;
    const auto n = ::recv(fd, &byte, 1, now_ ? MSG_DONTWAIT : 0);
    return n < 0 ? failed() : n == 0 ? Result() : "more bytes";
  }

  static Result keep_alive(int fd, const LabStep& step) {
    if (step.after != Duration::zero()) set(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds_of(step.after));
    if (step.every != Duration::zero()) set(fd, IPPROTO_TCP, TCP_KEEPINTVL, seconds_of(step.every));
    set(fd, IPPROTO_TCP, TCP_KEEPCNT, static_cast<int>(step.times));
    set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    return {};
  }

  static Result end(Connection& connection, StepVerb verb) {
    const int fd = connection.fd.get();
    if (verb == StepVerb::reset) reset_at_close(fd);
    // In repair mode the kernel says nothing to the peer about the end of a socket.
    const int on = TCP_REPAIR_ON;
    if (verb == StepVerb::vanish &&
        ::setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)) != 0) {
      return failed();
    }
    connection.fd = {};
    return {};
  }

  Endpoint own_, peer_;
  bool serves_;
  bool now_ = false;
  Descriptor listener_;
  std::vector<Connection> connections_;
};

void Follower::set_blocking(int fd, bool blocks) {
  int nonblocking = blocks ? 0 : 1;
  ::ioctl(fd, FIONBIO, &nonblocking);
}

}  // namespace

int run_steps(const EndpointTask& task) {
  Follower follower(task);
  for (std::string line; std::getline(std::cin, line);) {
    tell({{"step", follower.follow(parse_step_line(line))}});
  }
  return 0;
}

}  // namespace latesyn
