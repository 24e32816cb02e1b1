#include "proxy/catalogue/catalogue.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "proxy/catalogue/catalogue_entry.hpp"
#include "proxy/lab/running_kernel.hpp"
#include "proxy/linux/exit_status.hpp"
#include "proxy/linux/families.hpp"
#include "proxy/linux/system_error.hpp"
#include "proxy/loader/policy_file.hpp"
#include "proxy/loop/loop.hpp"
#include "proxy/output/console.hpp"
#include "proxy/process/child.hpp"
#include "proxy/process/line_reader.hpp"
#include "proxy/process/pipe.hpp"

namespace latesyn {
namespace {

/// Where the labs write their reports.
constexpr int kReportDescriptor = 3;

std::vector<std::string> policies_in(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (is_policy(entry.path())) files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

std::vector<CatalogueEntry> entries_for(const std::vector<std::string>& paths) {
  std::vector<CatalogueEntry> entries;
  const std::string kernel = kernel_release();
  for (const std::string& file : policies_in(paths)) {
    const Policy policy = load_policy(file);
    const std::string not_here = not_on_this_kernel(policy.lab.kernels, kernel);
    for (const Family family : kFamilies) {
      if (!policy.traffic.has(family)) continue;
      entries.push_back({.policy = file,
                         .source = policy.source,
                         .family = family,
                         .not_here = not_here,
                         .outcome = {}});
    }
  }
  if (entries.empty()) throw std::runtime_error("no policies there; name files or folders of them");
  return entries;
}

/// One lab in a process of its own. It dies with this, and all that is in it.
class Lab {
 public:
  Lab(Loop& loop, const CatalogueEntry& entry) {
    Pipe report, said;
    const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const Command command{
        .arguments = {"/proc/self/exe", "lab", entry.policy,
                      entry.family == Family::v4 ? "-4" : "-6", "--seed", "1", "--duration", "3m",
                      "--json", fmt::format("/proc/self/fd/{}", kReportDescriptor)},
        .environment = {},
        .descriptors = {{0, nothing.get()},
                        {1, nothing.get()},
                        {2, said.write.get()},
                        {kReportDescriptor, report.write.get()}}};
    report_ =
        std::make_unique<LineReader>(loop.get(), std::move(report.read),
                                     [this](const std::string& line) { text_ += line + "\n"; });
    said_ =
        std::make_unique<LineReader>(loop.get(), std::move(said.read), [](const std::string&) {});
    pid_ = start(command);
  }
  ~Lab() {
    if (!ended_) stop();
  }
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  pid_t pid() const { return pid_; }
  CatalogueEntry::Outcome outcome(int status) {
    ended_ = true;
    report_->read();
    said_->read();
    return read_outcome(text_, status, said_->tail().empty() ? "" : said_->tail().back());
  }

 private:
  /// A lab that is asked to stop clears up, and is soon gone.
  void stop() const {
    ::kill(pid_, SIGTERM);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  }

  std::string text_;
  std::unique_ptr<LineReader> report_, said_;
  pid_t pid_ = 0;
  bool ended_ = false;
};

class Catalogue {
 public:
  Catalogue(std::vector<CatalogueEntry>& entries, unsigned at_once, Console& console)
      : entries_(entries),
        at_once_(at_once),
        console_(console),
        on_interrupt_(loop_, SIGINT, [this] { stop(); }),
        on_terminate_(loop_, SIGTERM, [this] { stop(); }),
        on_hang_up_(loop_, SIGHUP, [this] { stop(); }),
        on_child_(loop_, SIGCHLD, [this] { reap(); }) {}

  /// False where it was interrupted.
  bool play() {
    start_more();
    loop_.run();
    console_.clear_progress();
    return !stopped_;
  }

 private:
  void start_more() {
    for (; running_.size() < at_once_ && next_ < entries_.size(); ++next_) {
      const CatalogueEntry& entry = entries_[next_];
      if (entry.not_here.empty()) running_[next_] = std::make_unique<Lab>(loop_, entry);
    }
    console_.show_progress(
        fmt::format("{} of {} played", next_ - running_.size(), entries_.size()));
    if (running_.empty()) loop_.stop();
  }

  void reap() {
    for (auto at = running_.begin(); at != running_.end();) {
      int status = 0;
      if (::waitpid(at->second->pid(), &status, WNOHANG) <= 0) {
        ++at;
        continue;
      }
      entries_[at->first].outcome = at->second->outcome(exit_status(status));
      at = running_.erase(at);
    }
    if (!stopped_) start_more();
  }

  void stop() {
    stopped_ = true;
    running_.clear();
    loop_.stop();
  }

  std::vector<CatalogueEntry>& entries_;
  unsigned at_once_;
  Console& console_;
  Loop loop_;
  SignalHandler on_interrupt_, on_terminate_, on_hang_up_, on_child_;
  std::map<std::size_t, std::unique_ptr<Lab>> running_;  // by their entries
  std::size_t next_ = 0;
  bool stopped_ = false;
};

}  // namespace

int catalogue(const CatalogueOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);
  std::vector<CatalogueEntry> entries = entries_for(options.paths);
  const auto console = Console::install();
  const bool whole = Catalogue(entries, options.at_once, *console).play();
  fmt::print("{}{}", to_text(entries), whole ? "" : "Interrupted.\n");
  const bool passed = std::ranges::all_of(entries, is_as_it_should);
  return whole && passed ? kAsExpected : kNotAsExpected;
}

}  // namespace latesyn
