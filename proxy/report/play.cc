#include "proxy/report/play.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "proxy/notes/late_syn_list.hpp"
#include "proxy/notes/scribe.hpp"
#include "proxy/packet/segment_spec.hpp"

namespace latesyn {
namespace {

/// What an end does of itself, as opposed to what comes of it.
bool is_sent(const FigureLine& line) {
  return line.way == Way::through || line.way == Way::stuck || line.way == Way::lost ||
         line.way == Way::ended;
}

/// As Linux offers them.
constexpr SynOptions kOffered{.mss = 1460, .window_scale = 7, .sack_permitted = true};

/// Both ends' clocks tick once a millisecond and started together; a first SYN has nothing to echo.
std::optional<Timestamps> clock_of(const FigureLine& line) {
  if (line.flags.rst) return std::nullopt;
  const auto now = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(line.at.time_since_epoch()).count());
  return Timestamps{.value = now + 1, .echo = line.flags.ack ? now + 1 : 0};
}

Packet packet_of(const FigureLine& line, const ExampleEnds& ends) {
  const bool client = line.from == Side::client;
  return build({.from = client ? ends.client : ends.server,
                .to = client ? ends.server : ends.client,
                .seq = Seq{line.seq},
                .ack = Seq{line.ack},
                .flags = line.flags,
                .timestamps = clock_of(line),
                .syn_options = line.flags.syn ? kOffered : SynOptions{},
                .payload_size = line.payload_size});
}

class Stagehand {
 public:
  Stagehand(const Policy& policy, std::uint64_t seed)
      : engine_(SharedPolicy::borrowed(policy), seed, {}, {.sees_all = false}),
        ends_(example_ends(policy.traffic, preferred_family(policy.traffic))) {}

  void perform(const FigureLine& line) {
    run_until(line.at);
    played_.ended = line.at;
    if (line.way == Way::release) {
      played_.lines.push_back(line);
      engine_.obey(line.at, Release{ForHand{}}, out_);
    } else {
      const Packet packet = packet_of(line, ends_);
      engine_.on_packet(line.at, {.bytes = packet.bytes}, out_);
    }
    write_down();
  }

  Played finish() {
    run_until(Time::max());
    played_.late_syns = late_syns_.all();
    played_.counters = engine_.counters();
    played_.rules = engine_.rule_counts();
    return std::move(played_);
  }

 private:
  void run_until(Time end) {
    for (auto next = engine_.next_wakeup(); next && *next <= end; next = engine_.next_wakeup()) {
      played_.ended = *next;
      engine_.on_time(*next, out_);
      write_down();
    }
  }
  void write_down() {
    for (const Action& action : out_) {
      const auto* note = std::get_if<Note>(&action);
      if (note == nullptr) continue;
      late_syns_.hear(*note);
      if (const auto line = figure_line(*note, Numbers::raw)) played_.lines.push_back(*line);
    }
    out_.clear();
  }

  Engine engine_;
  ExampleEnds ends_;
  Actions out_;
  LateSynList late_syns_;
  Played played_;
};

EndpointRange first_of(const std::vector<EndpointRange>& ranges, Family family,
                       std::string_view fallback) {
  const auto found = std::ranges::find_if(
      ranges, [family](const EndpointRange& r) { return r.prefix.address.family() == family; });
  return found == ranges.end() ? *EndpointRange::parse(fallback) : *found;
}

/// The first address of a block that a host can have: the one behind the block's own.
IpAddress first_host(const Prefix& prefix) {
  const auto bytes = prefix.address.bytes();
  if (prefix.length >= bytes.size() * 8 - 1) return prefix.address;
  std::vector<std::byte> host(bytes.begin(), bytes.end());
  host.back() |= std::byte{1};
  return IpAddress::from_bytes(host);
}

}  // namespace

ExampleEnds example_ends(const Traffic& traffic, Family family) {
  const bool v4 = family == Family::v4;
  const auto client = first_of(traffic.clients, family, v4 ? "10.1.0.2" : "fd00:1::2");
  const auto server = first_of(traffic.servers, family, v4 ? "10.2.0.2" : "fd00:2::2");
  const bool any_client = client.ports == PortRange{}, any_server = server.ports == PortRange{};
  return {
      .client = {first_host(client.prefix), any_client ? std::uint16_t{40000} : client.ports.first},
      .server = {first_host(server.prefix), any_server ? std::uint16_t{8080} : server.ports.first}};
}

Family preferred_family(const Traffic& traffic) {
  return traffic.has(Family::v4) ? Family::v4 : Family::v6;
}

Played play(const Policy& policy, std::uint64_t seed) {
  Stagehand stage(policy, seed);
  for (const FigureLine& line : events_of(policy.example)) {
    if (is_sent(line) || line.way == Way::release) stage.perform(line);
  }
  return stage.finish();
}

std::string difference(const std::vector<FigureLine>& example,
                       const std::vector<FigureLine>& happened) {
  const std::vector<FigureLine> expected = events_of(example);
  if (expected == happened) return {};
  // The longest common subsequence; examples are a few dozen lines.
  const std::size_t rows = expected.size(), columns = happened.size();
  std::vector<std::vector<std::size_t>> common(rows + 1, std::vector<std::size_t>(columns + 1));
  for (std::size_t i = rows; i-- > 0;) {
    for (std::size_t j = columns; j-- > 0;) {
      common[i][j] = expected[i] == happened[j] ? common[i + 1][j + 1] + 1
                                                : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::string out;
  std::size_t i = 0, j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && expected[i] == happened[j]) {
      out += fmt::format("  {}\n", to_text(expected[i]));
      ++i, ++j;
    } else if (j == columns || (i < rows && common[i + 1][j] >= common[i][j + 1])) {
      out += fmt::format("- {}\n", to_text(expected[i++]));
    } else {
      out += fmt::format("+ {}\n", to_text(happened[j++]));
    }
  }
  return out;
}

}  // namespace latesyn
