#include "proxy/intercept/worker_split.hpp"
#include "proxy/packet/ip_numbers.hpp"

#include <fmt/format.h>

#include <vector>

namespace latesyn {
namespace {

// Linux' connect() prefers ports of one parity, and programs use ports in sequence. Fibonacci
// hashing (2^32 divided by the golden ratio) spreads such sums evenly over the upper bits.
constexpr std::uint32_t kMultiplier = 0x9e3779b1;
constexpr unsigned kHalf_bits = 16;

/// The instructions of include/uapi/linux/bpf_common.h that are needed here.
enum class Code : std::uint16_t {
  load_byte = 0x30,
  load_half = 0x28,
  load_byte_behind_x = 0x50,
  load_half_behind_x = 0x48,
  header_length_to_x = 0xb1,  // 4 * (byte & 15)
  store = 0x02,
  stored_to_x = 0x61,
  to_x = 0x07,
  add_x = 0x0c,
  multiply = 0x24,
  shift_left = 0x64,
  shift_right = 0x74,
  bits = 0x54,
  jump_if_equal = 0x15,
  answer = 0x06,
};

struct Instruction {
  Code code;
  std::uint32_t value = 0;
  std::uint8_t skip_if_true = 0, skip_if_false = 0;
};
using Program = std::vector<Instruction>;

void append(Program& program, const Program& more) {
  program.insert(program.end(), more.begin(), more.end());
}

constexpr std::uint32_t kIcmpHeader = 8, kIpv6Header = 40;

/// Puts the first port into the store, and the second into the accumulator.
Program ports_v4(PortsIn place) {
  Program program{{Code::header_length_to_x, 0}};
  std::uint32_t ports_at = 0;
  if (place == PortsIn::quote) {
    ports_at = kIcmpHeader;
    append(program, {{Code::load_byte_behind_x, kIcmpHeader},
                     {Code::bits, 15},
                     {Code::shift_left, 2},
                     {Code::add_x},
                     {Code::to_x}});
  }
  append(program, {{Code::load_half_behind_x, ports_at},
                   {Code::store},
                   {Code::load_half_behind_x, ports_at + 2}});
  return program;
}

/// The same; the answer is no where another header stands between IP's and TCP's.
Program ports_v6(PortsIn place) {
  constexpr std::uint32_t kNextHeader = 6;
  const auto demand = [](std::uint32_t at, std::uint32_t protocol) {
    return Program{{Code::load_byte, at}, {Code::jump_if_equal, protocol, 1, 0}, {Code::answer, 0}};
  };
  Program program = demand(kNextHeader, place == PortsIn::segment ? kTcp : kIcmp6);
  std::uint32_t ports_at = kIpv6Header;
  if (place == PortsIn::quote) {
    constexpr std::uint32_t kQuoted = kIpv6Header + kIcmpHeader;
    append(program, demand(kQuoted + kNextHeader, kTcp));
    ports_at = kQuoted + kIpv6Header;
  }
  append(program, {{Code::load_half, ports_at}, {Code::store}, {Code::load_half, ports_at + 2}});
  return program;
}

/// worker_of() over the two.
Program decision(unsigned worker, unsigned workers) {
  return {{Code::stored_to_x},
          {Code::add_x},
          {Code::multiply, kMultiplier},
          {Code::shift_right, kHalf_bits},
          {Code::multiply, workers},
          {Code::shift_right, kHalf_bits},
          {Code::jump_if_equal, worker, 0, 1},
          {Code::answer, 1},
          {Code::answer, 0}};
}

}  // namespace

unsigned worker_of(const Endpoint& from, const Endpoint& to, unsigned workers) {
  const std::uint32_t sum = std::uint32_t{from.port} + to.port;
  return ((sum * kMultiplier >> kHalf_bits) * workers) >> kHalf_bits;
}

std::string worker_bytecode(Family family, PortsIn place, unsigned worker, unsigned workers) {
  Program program = family == Family::v4 ? ports_v4(place) : ports_v6(place);
  append(program, decision(worker, workers));
  std::string text = fmt::format("{}", program.size());
  for (const Instruction& i : program) {
    text += fmt::format(",{} {} {} {}", static_cast<unsigned>(i.code), i.skip_if_true,
                        i.skip_if_false, i.value);
  }
  return text;
}

}  // namespace latesyn
