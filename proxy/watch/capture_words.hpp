#pragma once
// Numbers of a capture, in the byte order of the machine that wrote it. Every access is checked.

#include <fmt/format.h>

#include "proxy/packet/wire.hpp"
#include "proxy/watch/capture_file.hpp"

namespace latesyn {

[[noreturn]] inline void fail_at(std::size_t byte, std::string_view what) {
  throw CaptureError(fmt::format("{}, at byte {}", what, byte));
}

class CaptureWords {
 public:
  CaptureWords(Bytes file, bool big_endian) : file_(file), big_endian_(big_endian) {}

  std::size_t size() const { return file_.size(); }
  bool is_big_endian() const { return big_endian_; }
  /// The bytes from `at`. Throws CaptureError where the file ends before.
  Bytes bytes(std::size_t at, std::size_t size) const {
    if (at > file_.size() || file_.size() - at < size) fail_at(file_.size(), "it is cut off");
    return file_.subspan(at, size);
  }
  std::uint16_t u16(std::size_t at) const {
    const std::uint16_t value = wire::u16(bytes(at, 2), 0);
    return big_endian_ ? value : __builtin_bswap16(value);
  }
  std::uint32_t u32(std::size_t at) const {
    const std::uint32_t value = wire::u32(bytes(at, 4), 0);
    return big_endian_ ? value : __builtin_bswap32(value);
  }

 private:
  Bytes file_;
  bool big_endian_;
};

}  // namespace latesyn
