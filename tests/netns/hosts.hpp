#pragma once
// Programs on the hosts to either side of the router: plain blocking sockets, every call of which
// gives up after ten seconds.

#include <functional>
#include <string>
#include <thread>

#include "proxy/linux/descriptor.hpp"
#include "proxy/process/namespace.hpp"
#include "proxy/values/address.hpp"

namespace latesyn {

/// A listening socket.
Descriptor listen_at(const Namespace& host, const Endpoint& own, int backlog = 128);

/// Serves one connection after the other on a thread of its own, until its end.
class Server {
 public:
  using Serve = std::function<void(int connection)>;
  Server(const Namespace& host, const Endpoint& own, Serve serve);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

 private:
  Descriptor listener_;
  std::thread thread_;
};

/// Sends back what comes, until the client has no more to say.
void echo(int connection);

/// A connected socket, or none where that failed. With a `port` of its own where one is given.
Descriptor connect_to(const Namespace& host, const Endpoint& server, std::uint16_t port = 0);

/// The next connection of a listening socket, or none where none came.
Descriptor accept_from(const Descriptor& listener);

/// As recv(), but not ended by the end of a program that the test runs: where a socket has a
/// timeout, signals may do so (signal(7)).
ssize_t receive(int connection, void* bytes, std::size_t size, int flags = 0);

/// Everything that the other side sends until it closes.
std::string receive_all(int connection);

/// Connects, says `text`, closes its side and returns what came back. Empty where that failed. With
/// a `port` of its own where one is given.
std::string ask(const Namespace& host, const Endpoint& server, const std::string& text,
                std::uint16_t port = 0);

}  // namespace latesyn
