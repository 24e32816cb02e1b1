#include "proxy/lab/watcher.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "proxy/core/scribe.hpp"

namespace latesyn {
namespace {

bool goes_at_once(const Planned& p) {
  return p.once == Trigger::arrived && p.after == Duration::zero();
}

bool all_changed_at_once(const std::vector<Planned>& planned) {
  return std::ranges::all_of(planned,
                             [](const Planned& p) { return goes_at_once(p) && p.changed; });
}

std::string remark_on(const Arrived& note, Way way) {
  if (note.rules.empty() || way == Way::through) return {};
  const std::string& rule = note.rules.back();
  if (way == Way::stuck && all_changed_at_once(note.planned)) return {};
  if (way == Way::stuck) return fmt::format("held by \"{}\"", rule);
  return fmt::format("{} by \"{}\"", note.fate == Fate::dropped ? "dropped" : "swallowed", rule);
}

std::string remark_on(const Departed& note) {
  if (note.origin == Origin::forged) return fmt::format("made by \"{}\"", note.rule);
  if (note.origin == Origin::copy) {
    return fmt::format("a {}copy, by \"{}\"", note.changed ? "changed " : "", note.rule);
  }
  if (note.changed && note.at_once) return fmt::format("changed by \"{}\"", note.rule);
  const double waited = in_seconds(note.at - note.arrived);
  return fmt::format("held for {:.3f} s by \"{}\"", waited, note.rule);
}

bool is_late_syn(const Departed& note) {
  return note.segment.kind == SegmentKind::syn && note.segment.life == Life::stale &&
         note.to == Side::server;
}

bool is_over(const SocketReading& reading) {
  return !holds_state(reading) || reading.state == SocketState::time_wait;
}

}  // namespace

Watcher::Watcher(const Namespace& client, const Namespace& server, const Engine& engine,
                 Delivery& delivery)
    : engine_(engine), delivery_(delivery), client_states_(client), server_states_(server) {}

void Watcher::on_note(const Note& note, Bytes) {
  if (const auto* a = std::get_if<Arrived>(&note)) arrived(*a);
  if (const auto* d = std::get_if<Departed>(&note)) departed(*d);
}

void Watcher::on_settled(Time now) { complete(now); }

void Watcher::arrived(const Arrived& note) {
  if (!began_) began_ = note.at;
  last_segment_ = note.at;
  Watched* watched = find(note.segment);
  if (watched == nullptr) return;
  if (note.segment.kind == SegmentKind::syn && note.segment.copy == 1) {
    begun_last_ = index_.at(note.segment.flow);
  }
  look(*watched, note.at);
  watched->waiting +=
      static_cast<std::uint64_t>(std::ranges::count_if(note.planned, std::not_fn(goes_at_once)));
  const auto line = figure_line(note, Numbers::shown);
  write(*watched, note, remark_on(note, line->way));
  if (line->way == Way::through) incomplete_ = index_.at(note.segment.flow);
}

void Watcher::departed(const Departed& note) {
  last_segment_ = note.at;
  if (!note.at_once) last_departure_ = note.at;
  if (!note.at_once || note.origin != Origin::original) ++departures_[note.rule];
  Watched* watched = find(note.segment);
  if (is_late_syn(note)) {
    if (watched != nullptr) watched->ladder.late_syn = true;
    if (histories_.size() < engine_.late_syns().size()) {
      histories_.push_back(watched == nullptr ? std::nullopt
                                              : std::optional<LateSynHistory>(watched->server));
      if (watched != nullptr) watched->late_syns.push_back(histories_.size() - 1);
    }
  }
  if (watched == nullptr) return;
  if (!note.at_once && watched->waiting > 0) --watched->waiting;
  complete(note.at);
  read(*watched, note.at);
  write(*watched, note, remark_on(note));
}

Watcher::Watched* Watcher::find(const Segment& segment) {
  const auto [at, made] = index_.try_emplace(segment.flow, watched_.size());
  if (made && watched_.size() == kFlowsMax) {
    index_.erase(at);
    if (segment.kind == SegmentKind::syn && segment.copy == 1) ++flows_left_out_;
    return nullptr;
  }
  if (made) {
    watched_.push_back({});
    watched_.back().ladder.flow = segment.flow;
    watched_.back().ladder.connection = segment.connection;
  }
  Watched& watched = watched_[at->second];
  // One that was expected has its number from its first segment.
  if (watched.ladder.connection == 0) watched.ladder.connection = segment.connection;
  return &watched;
}

void Watcher::expect(const FlowKey& flow) {
  if (!index_.try_emplace(flow, watched_.size()).second) return;
  watched_.push_back({});
  watched_.back().ladder.flow = flow;
}

void Watcher::look(Watched& watched, Time at) {
  read(watched, at);
  note_change(watched, at);
}

void Watcher::read(Watched& watched, Time at) {
  const FlowKey& flow = watched.ladder.flow;
  watched.client = client_states_.read(flow.client, flow.server);
  watched.server = server_states_.read(flow.server, flow.client);
  client_reached_.insert(watched.client.state);
  server_reached_.insert(watched.server.state);
  for (const std::size_t i : watched.late_syns) {
    histories_[i]->see(at, watched.client, watched.server);
  }
}

void Watcher::write(Watched& watched, const Note& note, std::string remark) {
  const auto line = figure_line(note, Numbers::shown);
  if (!line) return;
  if (watched.ladder.rows.size() == kRowsMax) {
    ++watched.ladder.rows_left_out;
    return;
  }
  watched.ladder.rows.push_back(
      {.line = *line, .a = watched.client, .b = watched.server, .remark = std::move(remark)});
  watched.written_a = watched.client.state;
  watched.written_b = watched.server.state;
}

/// What no row tells: a state that changed without a segment.
void Watcher::note_change(Watched& watched, Time at) {
  const SocketState a = watched.client.state, b = watched.server.state;
  if ((a == watched.written_a && b == watched.written_b) ||
      watched.ladder.changes.size() == kRowsMax) {
    return;
  }
  watched.written_a = a;
  watched.written_b = b;
  LadderChange& change = watched.ladder.changes.emplace_back();
  change.rows_before = watched.ladder.rows.size();
  change.row.line.at = at;
  change.row.line.way = Way::states;
  change.row.a = watched.client;
  change.row.b = watched.server;
}

/// All that the kernel was given has reached its receivers after this, the segment of the last row
/// too.
void Watcher::complete(Time now) {
  delivery_.await();
  if (!incomplete_) return;
  Watched& watched = watched_[*incomplete_];
  incomplete_.reset();
  read(watched, now);
  if (watched.ladder.rows_left_out != 0) return;
  LadderRow& row = watched.ladder.rows.back();
  if (row.line.from == Side::client) {
    row.b = watched.server;
    watched.written_b = row.b.state;
  } else {
    row.a = watched.client;
    watched.written_a = row.a.state;
  }
}

void Watcher::released(Time now) {
  if (watched_.empty() || watched_[0].ladder.rows.size() == kRowsMax) return;
  LadderRow row;
  row.line.at = now;
  row.line.way = Way::release;
  row.a = watched_[0].client;
  row.b = watched_[0].server;
  watched_[0].ladder.rows.push_back(row);
}

bool Watcher::may_change(const Watched& watched) const {
  return watched.waiting != 0 || !is_over(watched.client) || !is_over(watched.server) ||
         std::ranges::any_of(watched.late_syns, [this](std::size_t i) {
           return !is_settled(histories_[i]->corrected(engine_.late_syns()[i]));
         });
}

void Watcher::look(Time now) {
  for (Watched& watched : watched_) {
    if (may_change(watched)) look(watched, now);
  }
}

void Watcher::look_at_all(Time now) {
  for (Watched& watched : watched_) look(watched, now);
}

SocketState Watcher::state(Side end, Time now) {
  if (watched_.empty()) return SocketState::unknown;
  Watched& watched = watched_[begun_last_];
  look(watched, now);
  return (end == Side::client ? watched.client : watched.server).state;
}

std::uint64_t Watcher::departures(const std::string& rule) const {
  const auto found = departures_.find(rule);
  return found == departures_.end() ? 0 : found->second;
}

EndFacts Watcher::facts(Side end, const std::vector<LadderFlow>& ladder) const {
  EndFacts facts{.final_states = {},
                 .reached = end == Side::client ? client_reached_ : server_reached_,
                 .counters = {}};
  for (const LadderFlow& flow : ladder) {
    facts.final_states.push_back((end == Side::client ? flow.a : flow.b).state);
  }
  return facts;
}

bool Watcher::listens(const Endpoint& client, const Endpoint& server) {
  return server_states_.read(server, client).state == SocketState::listen;
}

bool Watcher::settled() const {
  return std::ranges::all_of(late_syns(), is_settled) &&
         std::ranges::none_of(watched_, [this](const Watched& w) { return may_change(w); });
}

std::vector<LateSyn> Watcher::late_syns() const {
  std::vector<LateSyn> all = engine_.late_syns();
  for (std::size_t i = 0; i < std::min(all.size(), histories_.size()); ++i) {
    if (histories_[i]) all[i] = histories_[i]->corrected(all[i]);
  }
  return all;
}

std::vector<LadderFlow> Watcher::ladder(Time now) {
  std::vector<LadderFlow> all;
  const Duration offset = began_.value_or(Time{}).time_since_epoch();
  for (Watched& watched : watched_) {
    look(watched, now);
    if (watched.ladder.rows.empty()) continue;  // it was expected, and never came
    all.push_back(watched.ladder);
    LadderFlow& flow = all.back();
    flow.ended = now - offset;
    flow.a = watched.client;
    flow.b = watched.server;
    for (LadderRow& row : flow.rows) row.line.at -= offset;
    for (LadderChange& change : flow.changes) {
      Time& at = change.row.line.at;
      at = std::max(at - offset, Time{});
    }
  }
  // One that was expected may have begun after others.
  std::ranges::stable_sort(all, {}, [](const LadderFlow& f) { return f.rows.front().line.at; });
  return all;
}

}  // namespace latesyn
