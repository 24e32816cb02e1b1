#pragma once
// A terminal for a program to be started from: what is typed at it, and its end.

#include <string>
#include <string_view>

#include "proxy/linux/descriptor.hpp"

namespace latesyn {

class Terminal {
 public:
  Terminal();
  /// To be called in the new process: it becomes the terminal's foreground process.
  void attach() const;
  void type(std::string_view keys);
  /// As when the window is closed.
  void close() { master_ = Descriptor(); }
  /// Its local modes (termios): whether it gives lines, and shows what is typed.
  unsigned modes() const;
  /// What was shown so far.
  std::string shown();

 private:
  Descriptor master_, slave_;
  std::string shown_;
};

}  // namespace latesyn
