#include "proxy/lab/ends/program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <csignal>

#include "proxy/process/pipe.hpp"

namespace latesyn {
namespace {

Program::OnLine print_behind(const std::string& name) {
  return [name](const std::string& line) { spdlog::info("{}: {}", name, line); };
}

}  // namespace

std::unique_ptr<Program> Program::of_user(uv_loop_s* loop, const Namespace& host,
                                          const std::string& name, const std::string& command,
                                          const std::map<std::string, std::string>& environment) {
  return std::unique_ptr<Program>(
      new Program(loop, host, name, {{"/bin/sh", "-c", command}, environment, {}}, nullptr));
}

std::unique_ptr<Program> Program::built_in(uv_loop_s* loop, const Namespace& host,
                                           const std::string& name, const EndpointTask& task,
                                           OnLine on_told) {
  return std::unique_ptr<Program>(
      new Program(loop, host, name, {{"/proc/self/exe", "endpoint", to_argument(task)}, {}, {}},
                  std::move(on_told)));
}

Program::Program(uv_loop_s* loop, const Namespace& host, const std::string& name, Command command,
                 OnLine on_told) {
  Pipe output, told, go;
  const Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  command.descriptors = {{0, nothing.get()}, {1, output.write.get()}, {2, output.write.get()}};
  if (on_told) {
    command.descriptors[kTellDescriptor] = told.write.get();
    command.descriptors[kGoDescriptor] = go.read.get();
  }
  output_ = std::make_unique<LineReader>(loop, std::move(output.read), print_behind(name));
  if (on_told) {
    told_ = std::make_unique<LineReader>(loop, std::move(told.read), std::move(on_told));
  }
  go_ = std::move(go.write);
  pid_ = start(command, host);
}

Program::~Program() { ::kill(-pid_, SIGKILL); }

void Program::go_on() {
  // Where it has ended nobody waits for this.
  if (::write(go_.get(), "", 1) < 0) return;
}

void Program::say(const std::string& line) {
  const std::string whole = line + "\n";
  if (::write(go_.get(), whole.data(), whole.size()) < 0) return;  // as above
}

void Program::ended(int status) {
  status_ = status;
  output_->read();
  if (told_) told_->read();
}

CommandEnd Program::end() const {
  return {.status = status_, .last_words = output_->tail().empty() ? "" : output_->tail().back()};
}

std::string Program::last_words() const {
  return fmt::format("{}", fmt::join(output_->tail(), "\n"));
}

}  // namespace latesyn
