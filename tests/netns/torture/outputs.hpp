#pragma once
// Where a life of latesyn writes to, and who reads that: a file, a disk that is full, a pipe whose
// reader stops, a terminal that is closed in the end.

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "proxy/values/rng.hpp"
#include "tests/netns/router.hpp"
#include "tests/netns/terminal.hpp"
#include "tests/netns/unread_pipe.hpp"

namespace latesyn::torture {

class Outputs {
 public:
  /// By chance.
  Outputs(const Router& router, Rng& rng);

  const std::vector<std::string>& arguments() const { return arguments_; }
  /// Good for as long as this is.
  ProgramSettings settings() const;
  /// False where the run tells nobody what it does.
  bool is_heard() const { return log_ == nullptr && terminal_ == nullptr; }
  /// The terminal that the run was started at; null where it was not.
  Terminal* terminal() { return terminal_.get(); }
  /// The exit status of a run that was stopped, where this is its report.
  int status(const nlohmann::json& report) const;

 private:
  std::vector<std::string> arguments_;
  bool disk_is_full_ = false;
  std::unique_ptr<UnreadPipe> events_, log_;  // the standard output and error, if they go there
  std::unique_ptr<Terminal> terminal_;        // which nobody looks at
};

}  // namespace latesyn::torture
