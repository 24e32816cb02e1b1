// The path of a packet that no rule touches asks for no memory: counted where all of it is asked
// for.

#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>

#include "proxy/engine/engine.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "tests/unit/ends.hpp"
#include "tests/unit/policy_text.hpp"

namespace {
std::size_t allocations = 0;
}  // namespace

#ifdef __SANITIZE_ADDRESS__
// The sanitizer has operators of its own, and tells who asks. g++ 12 comes without its header.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*allocated)(const volatile void*,
                                                                           std::size_t),
                                                         void (*freed)(const volatile void*));
[[maybe_unused]] const int hooked = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t) { ++allocations; }, [](const volatile void*) {});
#else
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace latesyn::test {
namespace {

/// A connection that goes on and on, as packets made beforehand.
std::vector<Packet> exchanges(int count) {
  const Flags syn{.syn = true}, syn_ack{.syn = true, .ack = true}, ack{.ack = true};
  std::vector<Packet> packets{
      build({.from = kClient, .to = kServer, .seq = Seq{1000}, .flags = syn}),
      build({.from = kServer, .to = kClient, .seq = Seq{5000}, .ack = Seq{1001}, .flags = syn_ack}),
      build({.from = kClient, .to = kServer, .seq = Seq{1001}, .ack = Seq{5001}, .flags = ack})};
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(count); ++i) {
    const Seq next{1001 + 100 * i};
    packets.push_back(build({.from = kClient,
                             .to = kServer,
                             .seq = next,
                             .ack = Seq{5001},
                             .flags = ack,
                             .payload_size = 100}));
    packets.push_back(
        build({.from = kServer, .to = kClient, .seq = Seq{5001}, .ack = next + 100, .flags = ack}));
  }
  return packets;
}

/// How often memory is asked for while the second half of the packets goes through.
std::size_t allocations_of(const std::string& rules, const std::vector<Packet>& packets) {
  Engine engine(policy_of("about = \"a\"\n" + rules), 1);
  Actions actions;
  std::size_t before = 0;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i == packets.size() / 2) before = allocations;
    CHECK(engine.on_packet(Time(Duration(i)), {.bytes = packets[i].bytes}, actions) ==
          Verdict::accept);
    actions.clear();
  }
  return allocations - before;
}

}  // namespace

TEST_CASE("a packet that no rule touches costs no allocation, whatever the rules are about") {
  const auto packets = exchanges(1000);
  const std::string stuck =
      "[[rule]]\ndo = \"hold\"\nuntil = \"closed\"\nwhen = {segment = \"syn\", connection = 9}\n";
  const std::string other =
      "[[rule]]\ndo = \"drop\"\nwhen = {segment = \"data\", connection = 7}\n"
      "[[rule]]\ndo = \"drop\"\nwhen = {segment = \"ack\", copy = 2}\n";
  CHECK(allocations_of("", packets) == 0);
  CHECK(allocations_of(stuck, packets) == 0);
  CHECK(allocations_of(stuck + other, packets) == 0);
}

TEST_CASE("an allocation would be counted") {
  const std::size_t before = allocations;
  const auto one = std::make_unique<Packet>();
  CHECK(allocations > before);
  CHECK(one != nullptr);
}

}  // namespace latesyn::test
