// The blocks of pcapng: interfaces of every kind in one file, clocks of every resolution, and what
// is wrong with some.

#include <catch2/catch.hpp>

#include "proxy/watch/capture_file.hpp"

namespace latesyn::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

/// Writes a file block by block, in either byte order.
class File {
 public:
  explicit File(bool big = false) : big_(big) { section(); }

  File& section() {
    return block(0x0a0d0d0a, [this] {
      u32(0x1a2b3c4d);
      u16(1), u16(0);
      u32(0xffffffff), u32(0xffffffff);
    });
  }
  File& interface(std::uint16_t link, std::uint32_t snapshot_max = 0,
                  const std::string& options = "") {
    return block(1, [&] {
      u16(link), u16(0);
      u32(snapshot_max);
      text_ += options;
    });
  }
  File& packet(std::uint32_t interface, std::uint64_t units, const std::string& bytes) {
    return block(6, [&] {
      u32(interface);
      put_packet(units, bytes);
    });
  }
  File& old_packet(std::uint16_t interface, std::uint64_t units, const std::string& bytes) {
    return block(2, [&] {
      u16(interface), u16(7);  // drops
      put_packet(units, bytes);
    });
  }
  File& simple_packet(std::uint32_t original, const std::string& bytes) {
    return block(3, [&] {
      u32(original);
      padded(bytes);
    });
  }
  File& other_block() {
    return block(5, [this] { u32(0), u32(1); });
  }
  /// An option with a value of one byte, or of eight.
  std::string resolution(char value) const { return option(9, std::string(1, value)); }
  std::string offset(std::int64_t seconds) const {
    std::string value;
    for (unsigned i = 0; i < 8; ++i) {
      value += static_cast<char>(static_cast<std::uint64_t>(seconds) >> 8 * (big_ ? 7 - i : i));
    }
    return option(14, value);
  }
  std::string bytes() const { return text_; }

 private:
  template <typename Body>
  File& block(std::uint32_t type, Body body) {
    const std::size_t begin = text_.size();
    u32(type), u32(0);
    body();
    const auto size = static_cast<std::uint32_t>(text_.size() - begin + 4);
    const std::string number = number_of(size, 4);
    text_.replace(begin + 4, 4, number);
    text_ += number;
    return *this;
  }
  void put_packet(std::uint64_t units, const std::string& bytes) {
    u32(static_cast<std::uint32_t>(units >> 32U)), u32(static_cast<std::uint32_t>(units));
    const auto size = static_cast<std::uint32_t>(bytes.size());
    u32(size), u32(size);
    padded(bytes);
  }
  void padded(const std::string& bytes) {
    text_ += bytes + std::string((4 - bytes.size() % 4) % 4, '\0');
  }
  std::string option(std::uint16_t code, const std::string& value) const {
    return number_of(code, 2) + number_of(static_cast<std::uint32_t>(value.size()), 2) + value +
           std::string((4 - value.size() % 4) % 4, '\0');
  }
  std::string number_of(std::uint32_t value, unsigned size) const {
    std::string out;
    for (unsigned i = 0; i < size; ++i) {
      out += static_cast<char>(value >> 8 * (big_ ? size - 1 - i : i) & 0xffU);
    }
    return out;
  }
  void u16(std::uint16_t value) { text_ += number_of(value, 2); }
  void u32(std::uint32_t value) { text_ += number_of(value, 4); }

  bool big_;
  std::string text_;
};

struct Found {
  std::uint16_t link;
  Duration at;
  std::string bytes;
  bool operator==(const Found&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Found& f) {
  return out << f.link << ' ' << f.at.count() << " ns " << f.bytes;
}

std::vector<Found> frames(const std::string& file) {
  std::vector<Found> all;
  read_frames(std::as_bytes(std::span(file)), [&](const CapturedFrame& frame) {
    std::string bytes;
    for (const std::byte b : frame.bytes) bytes += static_cast<char>(b);
    all.push_back({frame.link, frame.at, bytes});
  });
  return all;
}

std::string error(const std::string& file) {
  try {
    frames(file);
  } catch (const CaptureError& error) {
    return error.what();
  }
  return "";
}

/// The time of one packet by an interface with these options.
Duration time_by(const std::string& options, std::uint64_t units) {
  return frames(File().interface(1, 0, options).packet(0, units, "x").bytes()).at(0).at;
}

}  // namespace

TEST_CASE(
    "interfaces of different link types and snapshot lengths are read, in either byte order") {
  File file(GENERATE(false, true));
  file.interface(1, 65535).interface(101, 96).interface(101).interface(147);
  file.packet(0, 1'000'000, "ether").packet(1, 2'000'001, "rawip").other_block();
  file.packet(3, 3'000'000, "four").old_packet(2, 4'000'000, "old");
  file.section().interface(113).packet(0, 5'000'000, "next section");
  CHECK(frames(file.bytes()) == std::vector<Found>{{1, 1s, "ether"},
                                                   {101, 2s + 1us, "rawip"},
                                                   {147, 3s, "four"},
                                                   {101, 4s, "old"},
                                                   {113, 5s, "next section"}});
}

TEST_CASE("a simple packet has no time, and ends where it was cut off") {
  File file;
  file.interface(101, 3).simple_packet(9, "abc").simple_packet(2, "de");
  CHECK(frames(file.bytes()) == std::vector<Found>{{101, 0s, "abc"}, {101, 0s, "de"}});
}

TEST_CASE("a time is read at any resolution, and from where its interface counts") {
  const File file;
  CHECK(time_by("", 1'500'000) == 1500ms);
  CHECK(time_by(file.resolution(0), 7) == 7s);
  CHECK(time_by(file.resolution(3), 1'007) == 1007ms);
  CHECK(time_by(file.resolution(9), 1'000'000'007) == 1s + 7ns);
  CHECK(time_by(file.resolution(12), 1'000'000'007'999) == 1s + 7ns);
  CHECK(time_by(file.resolution(19), 10'000'000'000'000'000'000U) == 1s);
  CHECK(time_by(file.resolution(20), ~std::uint64_t{0}) == 184467440ns);
  CHECK(time_by(file.resolution(127), ~std::uint64_t{0}) == 0ns);
  CHECK(time_by(file.resolution('\x80'), 7) == 7s);
  CHECK(time_by(file.resolution('\x81'), 3) == 1500ms);
  CHECK(time_by(file.resolution('\xa0'), 0x1'8000'0000) == 1500ms);
  CHECK(time_by(file.resolution('\xbf'), std::uint64_t{3} << 62U) == 1500ms);
  CHECK(time_by(file.resolution('\xc0'), std::uint64_t{1} << 63U) == 500ms);
  CHECK(time_by(file.resolution('\xff'), ~std::uint64_t{0}) == 0ns);
  CHECK(time_by(file.offset(10), 1'500'000) == 11500ms);
  CHECK(time_by(file.offset(-1), 1'500'000) == 500ms);
}

TEST_CASE("a time that does not fit is refused, and so is what contradicts itself") {
  const File plain;
  const std::string seconds = plain.resolution(0), before = plain.offset(-2);
  const auto with = [](const std::string& options, std::uint64_t units) {
    return error(File().interface(1, 0, options).packet(0, units, "x").bytes());
  };
  CHECK(
      with(seconds, std::uint64_t{418062914} << 32U).starts_with("a packet's time is before 1970"));
  CHECK(with(seconds, 9'223'372'035).empty());
  CHECK(with(seconds, 9'223'372'036) == "a packet's time is before 1970 or after 2262, at byte 68");
  CHECK(with(before, 1'999'999).starts_with("a packet's time is"));
  CHECK(with(plain.offset(std::numeric_limits<std::int64_t>::min()), 0).starts_with("a packet's"));
  CHECK(with(plain.offset(std::numeric_limits<std::int64_t>::max()), 0).starts_with("a packet's"));
  CHECK(error(File().packet(0, 0, "x").bytes()) ==
        "a packet is of an interface that is not there, at byte 28");
  CHECK(error(File().interface(1, 0, "\x09\0\xff\0"s).bytes()) ==
        "an option reaches beyond its block, at byte 44");
}

TEST_CASE("a file with a broken block is refused at that block's byte") {
  const std::string whole = File().interface(1).packet(0, 0, "abcdefg").bytes();
  const auto with = [&whole](std::size_t at, std::uint8_t value) {
    std::string file = whole;
    file[at] = static_cast<char>(value);
    return error(file);
  };
  CHECK(error(whole).empty());
  for (std::size_t size = 49; size < whole.size(); ++size) {
    CHECK(error(whole.substr(0, size)) == "it is cut off, at byte " + std::to_string(size));
  }
  CHECK(with(8, 0) == "its byte order is none, at byte 8");
  CHECK(with(32, 8) == "a block has an impossible size, at byte 28");
  CHECK(with(32, 21) == "a block has an impossible size, at byte 28");
  CHECK(with(44, 16) == "a block's sizes differ, at byte 44");
  CHECK(with(68, 9) == "a packet reaches beyond its block, at byte 48");
  CHECK(error(File().bytes() + "\x06\0\0\0\x0c\0\0\0\x0c\0\0\0"s) ==
        "a block is too short for its kind, at byte 28");
}

}  // namespace latesyn::test
