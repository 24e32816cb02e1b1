#include "proxy/watch/pcapng.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/unit/scratch.hpp"

namespace latesyn::test {
namespace {

/// Numbers as this machine has them, which the format allows.
class Expected {
 public:
  Expected& u16(std::uint16_t number) { return raw(number); }
  Expected& u32(std::uint32_t number) { return raw(number); }
  Expected& text(std::string_view text) {
    bytes_.append(text);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  template <typename T>
  Expected& raw(T number) {
    for (const char byte : std::bit_cast<std::array<char, sizeof(T)>>(number)) bytes_ += byte;
    return *this;
  }
  std::string bytes_;
};

using namespace std::string_view_literals;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST_CASE("A capture is a section, its interfaces and its packets") {
  const Scratch scratch;
  const auto path = scratch.path() / "capture";
  {
    OutputFile file(path, "the capture");
    PcapngWriter writer(file, "test");
    writer.add_interface("link");
    constexpr std::array kBytes{std::byte{'E'}, std::byte{'b'},
                                std::byte{'c'}};  // IPv4 by its first
    writer.add_packet({.interface = 0,
                       .at = WallTime(std::chrono::nanoseconds(0x1'0000'0002)),
                       .direction = Direction::out,
                       .bytes = kBytes,
                       .original_size = 60,
                       .comment = "why"});
  }
  Expected expected;
  expected.u32(0x0a0d0d0a).u32(40).u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff);
  expected.u16(4).u16(4).text("test").u16(0).u16(0).u32(40);
  expected.u32(1).u32(40).u16(113).u16(0).u32(0);
  expected.u16(2).u16(4).text("link").u16(9).u16(1).text("\x09\0\0\0"sv).u16(0).u16(0).u32(40);
  expected.u32(6).u32(72).u32(0).u32(1).u32(2).u32(19).u32(76);
  // Linux cooked: sent, no hardware, an address of no bytes, IPv4.
  expected.text("\0\x04\xff\xfe\0\0\0\0\0\0\0\0\0\0\x08\0"sv).text("Ebc\0"sv);
  expected.u16(2).u16(4).u32(2).u16(1).u16(3).text("why\0"sv).u16(0).u16(0).u32(72);
  CHECK(contents(path) == expected.bytes());
}

}  // namespace
}  // namespace latesyn::test
