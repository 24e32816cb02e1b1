#include "proxy/linux/single_keys.hpp"

#include <termios.h>
#include <unistd.h>

namespace latesyn {
namespace {

constexpr tcflag_t kLines = ICANON | ECHO;

}  // namespace

bool keys_are_ours() {
  return ::isatty(STDIN_FILENO) == 1 && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp();
}

void SingleKeys::begin() {
  termios modes{};
  if (!keys_are_ours() || ::tcgetattr(STDIN_FILENO, &modes) != 0) return;
  if (!begun_) before_ = modes.c_lflag & kLines;
  modes.c_lflag &= ~kLines;
  modes.c_cc[VMIN] = 1;
  modes.c_cc[VTIME] = 0;
  begun_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &modes) == 0;
}

SingleKeys::~SingleKeys() {
  termios modes{};
  if (!begun_ || !keys_are_ours() || ::tcgetattr(STDIN_FILENO, &modes) != 0) return;
  modes.c_lflag |= before_;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &modes);
}

}  // namespace latesyn
