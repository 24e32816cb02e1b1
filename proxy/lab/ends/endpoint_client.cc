// The client: so many connections, so many of them at once; each sends a message, reads its echo
// and ends as the task says.

#include <netinet/in.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>

#include "proxy/lab/ends/endpoint.hpp"
#include "proxy/lab/ends/endpoint_sockets.hpp"

namespace latesyn {
namespace {

/// How one connection went. `problem` is empty where all was as it should be.
struct Conversation {
  std::uint16_t local_port = 0;
  double connect_s = 0;
  std::string problem;
};

std::string because(std::string_view attempt) {
  return std::string(attempt) + ": " + std::strerror(errno);
}

/// Connects and says how long that took.
std::string connect_to(int fd, const Endpoint& server, Conversation& told) {
  const SocketAddress address(server);
  const auto began = std::chrono::steady_clock::now();
  const int result = ::connect(fd, address.get(), address.size);
  const std::string problem = result == 0 ? "" : because("connect");
  told.connect_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  sockaddr_storage own{};
  socklen_t size = sizeof(own);
  void* raw = &own;
  if (::getsockname(fd, static_cast<sockaddr*>(raw), &size) == 0)
    told.local_port = endpoint_in(own).port;
  return problem;
}

std::string read_echo(int fd, const std::string& message) {
  std::string echo(message.size(), '\0');
  const ssize_t n = ::recv(fd, echo.data(), echo.size(), MSG_WAITALL);
  if (n < 0) return because("read the echo");
  if (echo != message) return "read the echo: other bytes than were sent";
  return {};
}

/// Waits for the end that the server makes.
std::string read_end(int fd) {
  char more = 0;
  const ssize_t n = ::recv(fd, &more, 1, 0);
  if (n < 0) return because("read the end");
  return n == 0 ? "" : "read the end: more bytes than were sent";
}

std::string converse(int fd, const EndpointTask& task, std::uint32_t number, Conversation& told) {
  if (auto problem = connect_to(fd, task.server, told); !problem.empty()) return problem;
  const std::string message = message_of(task, number);
  if (!send_all(fd, message)) return because("send");
  if (auto problem = read_echo(fd, message); !problem.empty()) return problem;
  if (task.closer == Closer::server) return read_end(fd);
  if (task.closer == Closer::client_reset) reset_at_close(fd);
  return {};
}

Conversation hold_conversation(const EndpointTask& task, std::uint32_t number) {
  Conversation told;
  const Descriptor fd = tcp_socket(task.server);
  told.problem = fd ? converse(fd.get(), task, number, told) : because("make a socket");
  wait_until_looked_at();
  return told;
}

}  // namespace

int run_client(const EndpointTask& task) {
  std::atomic<std::uint32_t> next = 1;
  std::atomic<bool> intact = true;
  const auto work = [&] {
    for (std::uint32_t number = next++; number <= task.connections; number = next++) {
      const Conversation told = hold_conversation(task, number);
      if (!told.problem.empty()) intact = false;
      tell({{"connection", number},
            {"local_port", told.local_port},
            {"connect_s", told.connect_s},
            {"problem", told.problem}});
    }
  };
  {
    std::vector<std::jthread> workers;
    const std::uint32_t others = std::min(task.at_once, task.connections) - 1;
    for (std::uint32_t i = 0; i < others; ++i) workers.emplace_back(work);
    work();
  }
  return intact ? 0 : 1;
}

}  // namespace latesyn
