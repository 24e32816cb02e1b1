#include "tests/netns/torture/events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <initializer_list>

#include "proxy/packet/segment_spec.hpp"
#include "proxy/packet/tcp_edit.hpp"
#include "proxy/packet/wire.hpp"
#include "proxy/process/command.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/raw_host.hpp"

namespace latesyn::torture {
namespace {

constexpr std::uint16_t kServerPort = 8080;
constexpr std::uint64_t kSequenceSpace = std::uint64_t{1} << 32U;

Seq any_seq(Scene& scene) { return Seq{static_cast<std::uint32_t>(scene.any(kSequenceSpace))}; }
std::uint16_t any_port(Scene& scene) {
  return static_cast<std::uint16_t>(1024 + scene.any(60'000));
}

IpAddress address(const std::string& text) { return IpAddress::parse(text).value(); }

/// One of 50 addresses of a block that a route of the scene leads to.
IpAddress one_of(Scene& scene, Family family, unsigned block) {
  const auto host = 1 + scene.any(50);
  return address(family == Family::v4 ? fmt::format("10.{}.0.{}", block, host)
                                      : fmt::format("fd00:{}::{:x}", block, host));
}

void reload_burst(Scene& scene) {
  for (auto left = 1 + scene.any(10); left > 0; --left) {
    scene.replace_policy();
    scene.program().send(SIGHUP);
  }
}

constexpr std::string_view kReloaded = "reloaded ", kRefused = "the policy stays as it was";

/// How often the run has said one of these so far.
std::size_t said(Scene& scene, std::initializer_list<std::string_view> texts) {
  const std::string all = scene.program().said();
  std::size_t count = 0;
  for (const std::string_view text : texts) count += count_of(all, text);
  return count;
}

/// The policy of before stands again afterwards: a reload that was to read it may have found this.
void reload_nonsense(Scene& scene) {
  const auto before = said(scene, {kRefused});
  scene.write_policy(nonsense(scene.rng()));
  scene.program().send(SIGHUP);
  if (!scene.is_heard()) return;
  if (!eventually([&] { return said(scene, {kRefused}) > before; })) {
    scene.complain("nonsense was not refused: " + scene.program().said());
  }
  scene.write_policy(scene.policy().text);
  scene.program().send(SIGHUP);
}

void release(Scene& scene) {
  for (auto left = 1 + scene.any(5); left > 0; --left) scene.program().send(SIGUSR1);
}

/// SYNs of hosts that never answer, to the server or to `to`.
void flood(Scene& scene, unsigned from_block, std::optional<unsigned> to_block) {
  RawHost source(scene.network().client());
  const Family family = scene.any_family();
  for (auto left = 100 + scene.any(400); left > 0; --left) {
    const Endpoint server = scene.router().server(family);
    const Endpoint to = to_block ? Endpoint{one_of(scene, family, *to_block), server.port} : server;
    source.send(build({.from = {one_of(scene, family, from_block), any_port(scene)},
                       .to = to,
                       .seq = any_seq(scene),
                       .ack = {},
                       .flags = {.syn = true},
                       .syn_options = {.mss = 1400, .window_scale = 7, .sack_permitted = true}}));
  }
}

void flood_of_silent_clients(Scene& scene) { flood(scene, 3, {}); }
void flood_of_absent_clients(Scene& scene) { flood(scene, 5, {}); }
void flood_to_absent_servers(Scene& scene) { flood(scene, 3, 4); }

/// Segments with the right ports and any numbers, of one who can't see the connection.
void inject(Scene& scene, const Flags& flags) {
  const auto flow = scene.talkers().any(scene.rng());
  if (!flow) return;
  const bool to_server = scene.any(2) == 0;
  RawHost source(to_server ? scene.network().client() : scene.network().server());
  for (auto left = 1 + scene.any(50); left > 0; --left) {
    source.send(build({.from = to_server ? flow->client : flow->server,
                       .to = to_server ? flow->server : flow->client,
                       .seq = any_seq(scene),
                       .ack = any_seq(scene),
                       .flags = flags}));
  }
}

void blind_resets(Scene& scene) { inject(scene, {.rst = true}); }
void blind_syns(Scene& scene) { inject(scene, {.syn = true}); }

/// What the next segment of a connection with data in it would be, seen on the client's link: of
/// one who sees the connection.
std::optional<Packet> next_segment(Scene& scene) {
  LinkTap tap(scene.network().client());
  auto seen = tap.next(
      [](const TcpView& view) { return view.payload_size() > 0 && view.to().port == kServerPort; });
  if (!seen) return {};
  const auto size = std::get<TcpView>(TcpView::over(seen->bytes)).payload_size();
  cut_payload(*seen, std::min(size, 500U));
  TcpEdit::over(seen->bytes).shift_seq(size);
  return seen;
}

/// Damaged on its way: its checksum tells.
void corrupt_segments(Scene& scene) {
  auto segment = next_segment(scene);
  if (!segment) return;
  const Flags flags{.fin = scene.any(4) == 0, .rst = scene.any(4) == 0};
  const auto view = std::get<TcpView>(TcpView::over(segment->bytes));
  std::ranges::fill(std::span(segment->bytes).subspan(view.payload_at()), std::byte{0xaa});
  TcpEdit edit = TcpEdit::over(segment->bytes);
  edit.change_flags(flags.bits(), 0);
  edit.complete_checksum();
  edit.spoil_checksum();
  RawHost client(scene.network().client());
  for (auto left = 1 + scene.any(10); left > 0; --left) client.send(*segment);
}

void stop_and_go_on(Scene& scene) {
  scene.program().send(SIGSTOP);
  flood_of_silent_clients(scene);
  scene.program().send(SIGCONT);
}

void on_router(Scene& scene, const std::vector<std::string>& words) {
  const Inside inside(scene.network().router());
  const CommandResult result = run_command(words);
  if (!result.ok()) scene.complain(fmt::format("{}: {}", words[0], result.why()));
}

/// The router forgets what its connection tracking knew: latesyn goes on with what is its own
/// life's (decision 9).
void conntrack_forgets(Scene& scene) {
  scene.conntrack_forgets();
  on_router(scene, {"conntrack", "-F"});
}

/// All rules of a table go, or all tables, latesyn's rules with them. All of them are put back, and
/// it is said: by who looks after them, or by a reload that was under way and came first.
void rules_are_flushed(Scene& scene) {
  if (!scene.policy().takes || !scene.is_heard()) return;
  const auto words = [&] { return said(scene, {"they are put back", kReloaded, kRefused}); };
  const auto before = words();
  scene.begin_without_rules();
  switch (scene.any(3)) {
    case 0:
      on_router(scene, {"iptables", "-t", "raw", "-F"});
      break;
    case 1:
      on_router(scene, {"ip6tables", "-t", "raw", "-F"});
      break;
    default:
      on_router(scene, {"nft", "flush", "ruleset"});
  }
  const auto are_back = [&] { return words() > before && scene.has_its_rules(); };
  // Looked for twice a second, by programs that take their time on a busy machine.
  if (!eventually(are_back, std::chrono::seconds(30))) {
    scene.complain("its rules were not put back: " + scene.program().said());
  }
  scene.end_without_rules();
}

/// Another run takes in what both would, and is gone again.
void second_run(Scene& scene) {
  const auto number = 10'000 + scene.any(10'000);
  scene.begin_without_rules();
  const auto policy = scene.router().write("second.toml", policy_text(std::string(kSlowSyns)));
  const auto second = scene.router().start({"run", policy, "--queue", std::to_string(number)});
  const auto says = [](const RunningProgram& one, const std::string& text) {
    return eventually([&] { return one.said().find(text) != std::string::npos; },
                      std::chrono::seconds(30));
  };
  if (!says(*second, "seed ")) scene.complain("a second run did not begin: " + second->said());
  // Which of them stands ahead is another matter: a reload may be under way.
  if (scene.policy().takes && !says(*second, "(chain LATESYN-9293)")) {
    scene.complain("a second run does not know of the first: " + second->said());
  }
  const std::string its_chain = fmt::format("(chain LATESYN-{})", number);
  if (scene.policy().takes && scene.is_heard() && !says(scene.program(), its_chain)) {
    scene.complain("a run does not know of a second: " + scene.program().said());
  }
  second->send(SIGTERM);
  if (second->wait() != 0) scene.complain("a second run ended badly: " + second->said());
  scene.end_without_rules();
}

/// One of the links becomes narrow, or wide again.
void mtu_changes(Scene& scene) {
  const bool servers = scene.any(2) == 0;
  const std::string mtu = scene.any(2) == 0 ? "1280" : "1500";
  on_router(scene, {"ip", "link", "set", servers ? "server" : "client", "mtu", mtu});
  const Inside inside(servers ? scene.network().server() : scene.network().client());
  run_command({"ip", "link", "set", "eth0", "mtu", mtu});
}

constexpr std::array kEvents{
    Event{"reloads", reload_burst},
    Event{"reload of nonsense", reload_nonsense},
    Event{"releases", release},
    Event{"SYNs of silent clients", flood_of_silent_clients},
    Event{"SYNs of absent clients", flood_of_absent_clients},
    Event{"SYNs to absent servers", flood_to_absent_servers},
    Event{"blind RSTs", blind_resets},
    Event{"blind SYNs", blind_syns},
    Event{"corrupt segments", corrupt_segments},
    Event{"conntrack -F", conntrack_forgets},
    Event{"flushed rules", rules_are_flushed},
    Event{"a second run", second_run},
    Event{"another MTU", mtu_changes},
    Event{"SIGSTOP, SYNs, SIGCONT", stop_and_go_on},
};

}  // namespace

std::span<const Event> events() { return kEvents; }

}  // namespace latesyn::torture
