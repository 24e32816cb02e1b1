#include "tests/netns/running_program.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>

#include "proxy/edge/system_error.hpp"
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

[[noreturn]] void become_program(std::vector<std::string> arguments,
                                 const ProgramSettings& settings, int out, int error) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const auto& [name, value] : settings.environment) ::setenv(name.c_str(), value.c_str(), 1);
  ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(error, STDERR_FILENO);
  if (settings.before_start) settings.before_start();
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::execv(pointers[0], pointers.data());
  ::_exit(127);
}

}  // namespace

RunningProgram::RunningProgram(const Namespace& there, const std::vector<std::string>& arguments,
                               const ProgramSettings& settings)
    : out_(output_file()), error_(output_file()) {
  std::vector<std::string> all{settings.program.empty() ? LATESYN_PROGRAM : settings.program};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const Inside inside(there);
  pid_ = ::fork();
  if (pid_ < 0) throw system_error("start the program");
  if (pid_ == 0) become_program(all, settings, out_.get(), error_.get());
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
