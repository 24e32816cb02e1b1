#pragma once
// What the built-in server and client tell, added up.

#include <optional>

#include "proxy/lab/lab_session.hpp"
#include "proxy/policy/expectation.hpp"

namespace latesyn {

class Conversations {
 public:
  /// What the teller waits for.
  struct Heard {
    bool asks = false;                // to be let go on
    std::optional<std::string> step;  // for its next step: this one came to that
  };
  /// One line of either. Throws std::runtime_error for what is no such line.
  Heard hear(const std::string& line);

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
