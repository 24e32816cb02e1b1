#pragma once
// `latesyn lab` at work, and its answer taken apart. Several run at the same time: a lab mostly
// waits.

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "tests/netns/router.hpp"

namespace latesyn {

/// A folder that is gone with this, and that everybody may read.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name) const { return path_ / name; }
  std::string write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const { return text(path(name)); }
  /// What is in a file, whatever folder it is in; nothing where it can't be read.
  static std::string text(const std::string& path);

 private:
  std::filesystem::path path_;
};

class LabRun {
 public:
  /// Starts `latesyn lab` with these arguments, and --json.
  explicit LabRun(std::vector<std::string> arguments, const ProgramSettings& settings = {});

  /// The exit status; -1 where it has not ended in two minutes.
  int status();
  /// The report, once it has ended.
  const nlohmann::json& json();
  std::string printed() const { return program_->printed(); }
  std::string said() const { return program_->said(); }
  RunningProgram& program() { return *program_; }
  const Folder& folder() const { return folder_; }

 private:
  Folder folder_;
  std::unique_ptr<RunningProgram> program_;
  nlohmann::json json_;
};

/// The same in IPv4 and in IPv6, at the same time.
struct BothFamilies {
  explicit BothFamilies(const std::vector<std::string>& arguments);
  std::vector<LabRun*> runs() { return {v4.get(), v6.get()}; }
  std::unique_ptr<LabRun> v4, v6;
};

/// Rows of a ladder, as "SYN-SENT --> <SEQ=100><CTL=SYN> ... LISTEN" (`...`: stuck, `XXX`: lost, P:
/// forged), of the flow with that place in the report.
using Rows = std::vector<std::string>;
Rows all_rows(const nlohmann::json& report, std::size_t flow = 0);
/// Those that the policy's example has.
Rows example_rows(const nlohmann::json& report, std::size_t flow = 0);
/// "CLOSED LISTEN": the states of both ends when the lab ended.
std::string last_states(const nlohmann::json& report, std::size_t flow = 0);

/// One field of every late SYN, in order.
template <typename T>
std::vector<T> of_late_syns(const nlohmann::json& report, const std::string& field) {
  std::vector<T> all;
  for (const auto& late : report.at("late_syns")) all.push_back(late.at(field).get<T>());
  return all;
}

double median(std::vector<double> values);

}  // namespace latesyn
