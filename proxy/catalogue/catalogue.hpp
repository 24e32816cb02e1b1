#pragma once
// `latesyn catalogue`: many policies in the lab, labs side by side, and one table of what came of
// them. The table has no times in it: the same policies give the same table.

#include <string>
#include <vector>

namespace latesyn {

struct CatalogueOptions {
  std::vector<std::string> paths;  // policy files, or folders of them
  unsigned at_once = 4;            // labs
};

/// Plays each policy over each family that it has, unless it is about other kernels than this.
/// Returns the exit status: 0 where each came to what it says, 1 where one did not or it was
/// interrupted. Throws std::runtime_error where it can't begin, PolicyError for a policy that can't
/// be read.
int catalogue(const CatalogueOptions& options);

}  // namespace latesyn
