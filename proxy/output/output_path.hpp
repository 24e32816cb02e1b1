#pragma once
// Opens what an option names to be written, without doing harm where the name is a slip, or
// somebody else has put something in its place.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "proxy/linux/descriptor.hpp"

namespace latesyn {

struct OutputRules {
  bool force = false;                            // also write over files of other users
  std::vector<std::filesystem::path> untouched;  // what is read: never written over
};

/// Makes or empties the file at `path`. A named pipe needs nobody to read it yet. Throws
/// std::runtime_error that names `what` ("the event log run.jsonl") where it can't be opened, is
/// one of those that stay untouched, or, unless forced, is another user's file, or a link that
/// another user has made (root's are followed).
Descriptor open_output(const std::filesystem::path& path, const std::string& what,
                       const OutputRules& rules);

/// A file that has no name while it is written, and takes the place of the old one when it is
/// whole. Nothing is left of it where it never is.
class Replacement {
 public:
  /// Nothing where the file is to be written in its place: `path` is a pipe or a device, leads to a
  /// file without a name, or the file system or the folder's rights do not allow more. Refuses as
  /// open_output does.
  static std::optional<Replacement> of(const std::filesystem::path& path, const std::string& what,
                                       const OutputRules& rules);

  int descriptor() const { return fd_.get(); }
  /// Throws std::runtime_error.
  void publish() const;

 private:
  Replacement(Descriptor fd, std::filesystem::path target, std::string what)
      : fd_(std::move(fd)), target_(std::move(target)), what_(std::move(what)) {}

  Descriptor fd_;
  std::filesystem::path target_;
  std::string what_;
};

}  // namespace latesyn
