// What single functions of the packet's path cost (Google Benchmark).

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <random>

#include "proxy/engine/engine.hpp"
#include "proxy/engine/rules/pipeline.hpp"
#include "proxy/flows/flow_table.hpp"
#include "proxy/loader/policy_file.hpp"
#include "proxy/packet/checksum.hpp"
#include "proxy/packet/segment_spec.hpp"
#include "proxy/waiting/schedule.hpp"

namespace latesyn::bench {
namespace {

const Endpoint kClient{IpAddress::parse("10.1.0.2").value(), 4000};
const Endpoint kServer{IpAddress::parse("10.2.0.2").value(), 8080};

Packet data_packet() {
  return build({.from = kClient,
                .to = kServer,
                .seq = Seq{1001},
                .ack = Seq{5001},
                .flags = {.ack = true},
                .payload_size = 100});
}

void view(benchmark::State& state) {
  const Packet packet = data_packet();
  for (auto _ : state) {
    const auto parsed = TcpView::over(packet.bytes);
    benchmark::DoNotOptimize(std::get<TcpView>(parsed).seq());
  }
}
BENCHMARK(view);

void checksum(benchmark::State& state) {
  const std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(internet_checksum(bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(checksum)->Arg(60)->Arg(1500)->Arg(65000);

Endpoint client_number(std::uint32_t number) {
  const std::array<std::byte, 4> address{std::byte{10}, static_cast<std::byte>(number >> 16U),
                                         static_cast<std::byte>(number >> 8U & 255U), std::byte{1}};
  return {IpAddress::from_bytes(address), static_cast<std::uint16_t>(number * 251U)};
}

void find_flow(benchmark::State& state) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  FlowTable table(count);
  std::vector<Endpoint> clients;
  for (std::uint32_t i = 0; i < count; ++i) {
    clients.push_back(client_number(i));
    table.make({clients.back(), kServer}, Time());
  }
  std::shuffle(clients.begin(), clients.end(), std::minstd_rand(1));
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(table.find(clients[at], kServer));
    if (++at == clients.size()) at = 0;
  }
}
BENCHMARK(find_flow)->Arg(10'000)->Arg(100'000)->Arg(1'000'000);

/// So many rules, each about another connection, or about every n-th.
Policy many_rules(std::int64_t count, bool each_its_connection) {
  std::string text = "about = \"Measured.\"\n";
  for (std::int64_t i = 1; i <= count; ++i) {
    text += fmt::format("[[rule]]\ndo = \"drop\"\nwhen = {{ segment = \"data\", {} }}\n",
                        each_its_connection ? fmt::format("connection = {}", i + 10)
                                            : fmt::format("every = {}", i + 10));
  }
  return parse_policy(text, "micro.toml");
}

void match_rules(benchmark::State& state, bool each_its_connection) {
  const Policy policy = many_rules(state.range(0), each_its_connection);
  const RuleIndex index(policy.rules);
  const Packet packet = data_packet();
  const auto parsed = TcpView::over(packet.bytes);
  Segment segment;
  segment.kind = SegmentKind::data;
  segment.connection = 1;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        matching_rules(policy, index, {segment, std::get<TcpView>(parsed)}, 1).size());
  }
}
BENCHMARK_CAPTURE(match_rules, by_connection, true)->Arg(1)->Arg(10)->Arg(100)->Arg(1'000);
BENCHMARK_CAPTURE(match_rules, by_every, false)->Arg(1)->Arg(10)->Arg(100)->Arg(1'000);

/// One comes and one goes while so many wait, for up to ten seconds.
void schedule(benchmark::State& state) {
  TimerWheel<std::uint32_t> wheel;
  std::minstd_rand chance(1);
  const auto later = [&chance] { return Duration(chance() % 10'000'000 * 1'000); };
  Time now;
  for (std::uint32_t i = 0; i < state.range(0); ++i) wheel.add(now + later(), i);
  for (auto _ : state) {
    now = *wheel.next();
    benchmark::DoNotOptimize(wheel.take(now));
    wheel.add(now + later(), 0);
  }
}
BENCHMARK(schedule)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

void schedule_add_and_cancel(benchmark::State& state) {
  TimerWheel<std::uint32_t> wheel;
  std::minstd_rand chance(1);
  const auto later = [&chance] { return Duration(chance() % 10'000'000 * 1'000); };
  for (std::uint32_t i = 0; i < state.range(0); ++i) wheel.add(Time(later()), i);
  for (auto _ : state) wheel.cancel(wheel.add(Time(later()), 0));
}
BENCHMARK(schedule_add_and_cancel)->Arg(1'000'000);

void engine_packet(benchmark::State& state) {
  Engine engine(many_rules(state.range(0), true), 1);
  const Packet packet = data_packet();
  Actions actions;
  for (auto _ : state) {
    benchmark::DoNotOptimize(engine.on_packet(Time(), {.bytes = packet.bytes}, actions));
    actions.clear();
  }
}
BENCHMARK(engine_packet)->Arg(0)->Arg(1)->Arg(1'000);

}  // namespace
}  // namespace latesyn::bench

BENCHMARK_MAIN();
