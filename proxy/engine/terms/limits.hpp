#pragma once
// Everything that waits or is remembered has a bound; past it packets pass, and are counted.

#include <cstddef>
#include <cstdint>

namespace latesyn {

struct Limits {
  std::size_t flows = 2'000'000;
  std::size_t waiting = 1'000'000;  // departures
  /// Memory of all that waits, here and, as far as we know, in the kernel's queue.
  std::uint64_t waiting_bytes = std::uint64_t{1} << 30U;
  /// Departures of one flow that wait for a trigger: they wake all at once.
  std::size_t asleep_of_flow = 65'536;
  std::size_t late_syns = 100'000;  // remembered for the report
  /// What rules remember (docs/decisions/0021): for flows, and for clients.
  std::size_t memories = 2'000'000, clients = 100'000;
  /// Packets that wait in the kernel's queue, which never holds more than 65,536. Beyond the first
  /// they are kept here, but for those that can't be: bundles, and what was not copied whole.
  std::size_t parked = 32'768, parked_bundles = 49'152;
};

}  // namespace latesyn
