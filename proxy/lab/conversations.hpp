#pragma once
// What the built-in server and client tell, added up.

#include "proxy/core/expectation.hpp"
#include "proxy/lab/lab_session.hpp"

namespace latesyn {

class Conversations {
 public:
  /// One line of either; true where its writer waits for an answer. Throws std::runtime_error for
  /// what is no such line.
  bool hear(const std::string& line);

  const EndpointTallies& tallies() const { return tallies_; }
  /// Of `wanted` connections; those that nothing was heard of are not intact.
  Exchanges exchanges(std::uint32_t wanted) const;

 private:
  EndpointTallies tallies_;
  std::uint32_t intact_ = 0;
  std::vector<double> connect_s_;
};

/// How many bytes the client should send: as many as in the example, where that has data.
std::uint32_t message_size(const std::vector<FigureLine>& example);

}  // namespace latesyn
