#pragma once
// One row of the catalogue's table: a policy over one family.

#include <optional>
#include <string>
#include <vector>

#include "proxy/values/address.hpp"

namespace latesyn {

struct CatalogueEntry {
  std::string policy, source;  // the file; where the scenario comes from
  Family family = Family::v4;
  /// Why it says nothing about the kernel that runs (running_kernel.hpp); such a one is not played.
  std::string not_here;

  /// Once its lab has ended.
  struct Outcome {
    std::string wanted, got;
    bool passed = false;
    std::string problem;  // where it could not run, or its example did not come true
  };
  std::optional<Outcome> outcome;
};

/// From the lab's report (JSON), its exit status, and what it said last.
CatalogueEntry::Outcome read_outcome(const std::string& report, int status,
                                     const std::string& last_words);

/// True where it came to what it says, or need not on this kernel.
bool is_as_it_should(const CatalogueEntry& entry);

/// A header, a row for each, how many passed, and how many are not about this kernel.
std::string to_text(const std::vector<CatalogueEntry>& entries);

}  // namespace latesyn
