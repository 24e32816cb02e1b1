#include "tests/netns/running_program.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "proxy/linux/system_error.hpp"
#include "proxy/process/exec_words.hpp"
#include "tests/netns/eventually.hpp"

namespace latesyn {
namespace {

std::string contents(const Descriptor& file) {
  std::string text(static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END)), '\0');
  const ssize_t size = ::pread(file.get(), text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return text;
}

/// Appends, because reading moves the position that both sides share.
Descriptor output_file() {
  Descriptor file(::memfd_create("output", MFD_CLOEXEC));
  if (!file || ::fcntl(file.get(), F_SETFL, O_APPEND) != 0) throw system_error("make a file");
  return file;
}

/// All that a new process needs to become the program. Made before it is: another thread may hold
/// the allocator's lock at the fork, and in the new process nobody would ever let go of it.
struct Start {
  std::vector<std::string> arguments, environment;
  std::vector<char*> argument_pointers = pointers_to(arguments);
  std::vector<char*> environment_pointers = pointers_to(environment);
};

[[noreturn]] void become_program(const Start& start, const std::function<void()>& before_start,
                                 int out, int error) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(error, STDERR_FILENO);
  if (before_start) before_start();
  ::execve(start.argument_pointers[0], start.argument_pointers.data(),
           start.environment_pointers.data());
  ::_exit(127);
}

}  // namespace

RunningProgram::RunningProgram(const Namespace& there, const std::vector<std::string>& arguments,
                               const ProgramSettings& settings)
    : out_(output_file()), error_(output_file()) {
  std::vector<std::string> all{settings.program.empty() ? LATESYN_PROGRAM : settings.program};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const Start start{std::move(all), environment_with(settings.environment)};
  const Inside inside(there);
  pid_ = ::fork();
  if (pid_ < 0) throw system_error("start the program");
  if (pid_ == 0) become_program(start, settings.before_start, out_.get(), error_.get());
}

RunningProgram::~RunningProgram() {
  if (ended()) return;
  send(SIGKILL);
  wait();
}

void RunningProgram::send(int signal) { ::kill(pid_, signal); }

bool RunningProgram::ended() {
  if (pid_ == 0) return true;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  pid_ = 0;
  return true;
}

int RunningProgram::wait(std::chrono::milliseconds bound) {
  return eventually([this] { return ended(); }, bound) ? status_ : -1;
}

std::string RunningProgram::said() const { return contents(error_); }
std::string RunningProgram::printed() const { return contents(out_); }

bool RunningProgram::says(const std::string& text) {
  const auto has_said = [&] { return said().find(text) != std::string::npos; };
  return eventually([&] { return has_said() || ended(); }) && has_said();
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

}  // namespace latesyn
