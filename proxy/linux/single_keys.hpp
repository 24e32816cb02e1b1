#pragma once
// A terminal that gives each key as it is typed, without a line's end, and does not show it.

namespace latesyn {

/// While it lives, for standard input. Keys that send signals (Ctrl-C) still do.
class SingleKeys {
 public:
  SingleKeys() { begin(); }
  ~SingleKeys();
  SingleKeys(const SingleKeys&) = delete;
  SingleKeys& operator=(const SingleKeys&) = delete;

  /// Once more, as after a stop the shell has set the terminal to what it was before.
  void begin();

 private:
  bool begun_ = false;
  unsigned before_ = 0;  // of the terminal's local modes, those that we change
};

/// Whether standard input is a terminal whose keys are for us. In the background they are not:
/// reading them would stop the whole process.
bool keys_are_ours();

}  // namespace latesyn
