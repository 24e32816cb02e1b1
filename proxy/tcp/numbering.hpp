#pragma once
// Who gives the connections of a run their numbers.

#include <cstdint>

namespace latesyn {

class Numbering {
 public:
  virtual ~Numbering() = default;
  /// The number of a new connection: from 1, in the order of their first SYNs.
  virtual std::uint32_t number_connection() = 0;
};

}  // namespace latesyn
