#pragma once
// For a bounded time whatever can happen to a run of latesyn happens to it, by chance, while
// clients talk through it and compare every byte.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace latesyn::torture {

struct Options {
  std::uint64_t seed = 1;
  std::chrono::seconds duration{60};
  std::string only;  // names of events, with anything between them; empty: all
};

struct Outcome {
  std::vector<std::string> findings;  // what must not have been; empty: all is well
  std::string summary;                // what was done, and what came of it
  std::string diary;                  // the last that was done
};

/// Ends early at the first findings. Throws std::runtime_error where the network can't be made.
Outcome torture(const Options& options);

}  // namespace latesyn::torture
