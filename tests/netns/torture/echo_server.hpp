#pragma once
// A server that says back whatever it hears, to any number of clients at once.

#include <chrono>
#include <cstddef>
#include <map>
#include <thread>
#include <vector>

#include "proxy/linux/descriptor.hpp"
#include "proxy/process/namespace.hpp"
#include "proxy/values/address.hpp"

namespace latesyn::torture {

class EchoServer {
 public:
  /// Listens at all of `ends`, on a thread of its own. Throws std::runtime_error.
  EchoServer(const Namespace& host, const std::vector<Endpoint>& ends);
  ~EchoServer();
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

 private:
  struct Client {
    Descriptor fd;
    std::vector<std::byte> unsaid;  // heard, and not yet said back
    std::chrono::steady_clock::time_point heard;
  };

  void run();
  void serve(int fd);
  void accept_all(int listener);
  /// False where the client is gone.
  bool echo(Client& client);
  void forget_the_silent();

  Descriptor epoll_, stop_;
  std::vector<Descriptor> listeners_;
  std::map<int, Client> clients_;
  std::thread thread_;
};

}  // namespace latesyn::torture
