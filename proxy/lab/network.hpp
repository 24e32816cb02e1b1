#pragma once
// The lab's network: a client's host, a server's host, and between them a router, where the proxy
// stands. Real veth links, both families.

#include <map>
#include <string>

#include "proxy/process/namespace.hpp"
#include "proxy/report/play.hpp"

namespace latesyn {

/// The addresses of the two hosts in both families.
struct Addresses {
  IpAddress client_v4, client_v6, server_v4, server_v6;
};

/// Those of the ends that the policy's traffic speaks of; others where it speaks of one family
/// only.
Addresses lab_addresses(const Traffic& traffic);

/// The policy's settings for the client's host; and, where its traffic names client ports, those as
/// the ports that the client's kernel chooses from.
std::map<std::string, std::string> client_sysctls(const Policy& policy, Family family);

class Network {
 public:
  /// Moves the calling thread into a new namespace, the router's, makes the two hosts beside it,
  /// and returns when all links are up. Needs the program `ip`. Throws std::runtime_error.
  explicit Network(const Addresses& addresses);

  const Namespace& client() const { return client_; }
  const Namespace& router() const { return router_; }
  const Namespace& server() const { return server_; }

 private:
  Namespace router_, client_, server_;
};

}  // namespace latesyn
