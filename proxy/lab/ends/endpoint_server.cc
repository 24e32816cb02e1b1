// The server: echoes what comes, on any number of connections, and closes first where a message
// asks it to. A connection that never sends anything is kept, as a server would that trusts it.

#include <poll.h>

#include <array>
#include <cerrno>
#include <map>
#include <nlohmann/json.hpp>

#include "proxy/lab/ends/endpoint.hpp"
#include "proxy/lab/ends/endpoint_sockets.hpp"
#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

Descriptor listen_on(const Endpoint& endpoint) {
  Descriptor fd = tcp_socket(endpoint);
  constexpr int kBacklog = 4096;
  if (!fd || !bind_to(fd.get(), endpoint) || ::listen(fd.get(), kBacklog) != 0) {
    throw system_error("listen on " + endpoint.text());
  }
  return fd;
}

class Server {
 public:
  explicit Server(const EndpointTask& task)
      : message_size_(task.message_size), listener_(listen_on(task.server)) {}

  void serve_once() {
    std::vector<pollfd> waiting{{.fd = listener_.get(), .events = POLLIN, .revents = 0}};
    for (const auto& [fd, connection] : connections_) {
      waiting.push_back({.fd = fd, .events = POLLIN, .revents = 0});
    }
    if (::poll(waiting.data(), waiting.size(), -1) < 0) throw system_error("wait for connections");
    if (waiting[0].revents != 0) accept_one();
    for (std::size_t i = 1; i < waiting.size(); ++i) {
      if (waiting[i].revents != 0 && !echo(waiting[i].fd)) connections_.erase(waiting[i].fd);
    }
  }

 private:
  struct Connection {
    Descriptor fd;
    std::uint16_t client_port = 0;
    std::uint32_t received = 0;
    bool closes_first = false;
  };

  void accept_one() {
    Accepted accepted = accept_from(listener_.get());
    if (!accepted.fd) {
      // Of all errors only those that stay would make this loop spin.
      if (errno == EMFILE || errno == ENFILE) throw system_error("accept a connection");
      return;
    }
    tell({{"accepted", accepted.client_port}});
    const int number = accepted.fd.get();
    connections_[number] = {.fd = std::move(accepted.fd), .client_port = accepted.client_port};
  }

  /// False once the connection is over.
  bool echo(int fd) {
    Connection& connection = connections_.at(fd);
    std::array<char, 4096> bytes{};
    const ssize_t n = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (n <= 0) {
      wait_until_looked_at();
      tell({{"ended", connection.client_port}, {"reset", n < 0}});
      return false;
    }
    if (connection.received == 0) {
      tell({{"served", connection.client_port}});
      connection.closes_first = server_closes(bytes[0]);
    }
    connection.received += static_cast<std::uint32_t>(n);
    if (!send_all(fd, {bytes.data(), static_cast<std::size_t>(n)})) return false;
    if (!connection.closes_first || connection.received < message_size_) return true;
    wait_until_looked_at();
    return false;
  }

  std::uint32_t message_size_;
  Descriptor listener_;
  std::map<int, Connection> connections_;
};

}  // namespace

void run_server(const EndpointTask& task) {
  Server server(task);
  for (;;) server.serve_once();
}

}  // namespace latesyn
