#pragma once
// Opens what a program's option names to be written, without doing harm where the name is a slip,
// or somebody else has put something in its place.

#include <filesystem>
#include <string>
#include <vector>

#include "proxy/edge/descriptor.hpp"

namespace latesyn {

struct OutputRules {
  bool force = false;                            // also write over files of other users
  std::vector<std::filesystem::path> untouched;  // the policies: never written over
};

/// Makes or empties the file at `path`. A named pipe needs nobody to read it yet. Throws
/// std::runtime_error that names `what` ("the event log run.jsonl") where it can't be opened, is
/// one of those that stay untouched, or, unless forced, is another user's file, or a link that
/// another user has made (root's are followed).
Descriptor open_output(const std::filesystem::path& path, const std::string& what,
                       const OutputRules& rules);

}  // namespace latesyn
