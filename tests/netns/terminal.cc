#include "tests/netns/terminal.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <array>

#include "proxy/linux/system_error.hpp"

namespace latesyn {

Terminal::Terminal() {
  int master = -1, slave = -1;
  if (::openpty(&master, &slave, nullptr, nullptr, nullptr) != 0) throw system_error("openpty");
  master_ = Descriptor(master);
  slave_ = Descriptor(slave);
  ::fcntl(master, F_SETFD, FD_CLOEXEC);
  ::fcntl(slave, F_SETFD, FD_CLOEXEC);
  ::fcntl(master, F_SETFL, O_NONBLOCK);
}

void Terminal::attach() const {
  ::setsid();
  ::ioctl(slave_.get(), TIOCSCTTY, 0);
  ::dup2(slave_.get(), STDIN_FILENO);
  ::dup2(slave_.get(), STDERR_FILENO);
}

void Terminal::type(std::string_view keys) {
  if (::write(master_.get(), keys.data(), keys.size()) < 0) throw system_error("type");
}

unsigned Terminal::modes() const {
  termios modes{};
  if (::tcgetattr(slave_.get(), &modes) != 0) throw system_error("tcgetattr");
  return modes.c_lflag;
}

std::string Terminal::shown() {
  std::array<char, 4096> bytes{};
  for (;;) {
    const ssize_t size = ::read(master_.get(), bytes.data(), bytes.size());
    if (size <= 0) return shown_;
    shown_.append(bytes.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace latesyn
