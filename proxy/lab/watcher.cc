#include "proxy/lab/watcher.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "proxy/notes/note_text.hpp"
#include "proxy/notes/scribe.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

bool all_changed_at_once(const std::vector<Planned>& planned) {
  return std::ranges::all_of(planned,
                             [](const Planned& p) { return p.leaves_at_once() && p.changed; });
}

/// Where the segment itself is gone, a copy of it may be what is on its way yet.
const std::string& held_by(const Arrived& note) {
  const auto waits = std::ranges::find_if(
      note.planned, [](const Planned& p) { return !is_forged(p.origin) && !p.leaves_at_once(); });
  return waits == note.planned.end() ? note.rule : waits->rule;
}

std::string remark_on(const Arrived& note, Way way) {
  if (note.rules.empty() || way == Way::through) return {};
  if (way == Way::stuck && all_changed_at_once(note.planned)) return {};
  if (way == Way::stuck) return fmt::format("held by \"{}\"", held_by(note));
  return fmt::format("{} by \"{}\"", note.fate == Fate::dropped ? "dropped" : "swallowed",
                     note.rule);
}

std::string remark_on(const Departed& note) {
  const std::string by = by_text(note.rule, note.changed_by);
  if (note.origin == Origin::forged) return "made " + by;
  if (is_copy(note.origin)) {
    return fmt::format("a {}copy{}, {}", note.changed ? "changed " : "",
                       is_forged(note.origin) ? " of what was made" : "", by);
  }
  if (note.at_once) return by;
  return fmt::format("held for {} {}", rounded_text(note.at - note.arrived), by);
}

bool asks_server(const Segment& s) { return s.kind == SegmentKind::syn && s.from == Side::client; }

bool is_over(const SocketReading& reading) {
  return !holds_state(reading) || reading.state == SocketState::time_wait;
}

}  // namespace

Watcher::Watcher(const Namespace& client, const Namespace& server, Delivery& delivery)
    : delivery_(delivery), client_states_(client), server_states_(server) {}

bool Watcher::amend(Judged& judged) {
  LateSyn& late = judged.late_syn;
  wire_.hear(late);
  const auto at = index_.find(late.flow);
  if (at != index_.end()) {
    Watched& watched = watched_[at->second];
    watched.ladder.late_syn = true;
    if (!histories_.contains(late.id)) {
      histories_.emplace(late.id, history_of(watched, late));
      watched.late_syns.push_back(late.id);
    }
    late = histories_.at(late.id).corrected(late);
  }
  const LateSyn* const before = told_.find(late.id);
  if (before != nullptr && *before == late) return false;
  told_.hear(late);
  return true;
}

/// Begun when it left.
LateSynHistory Watcher::history_of(Watched& watched, const LateSyn& late) {
  const auto left = std::ranges::find_if(
      watched.left.rbegin(), watched.left.rend(),
      [&late](const LeftSyn& l) { return l.departed == late.departed && l.isn == late.isn; });
  if (left == watched.left.rend()) return LateSynHistory(watched.server);
  LateSynHistory history = left->history;
  watched.left.erase(std::next(left).base());
  return history;
}

std::vector<Judged> Watcher::news(Time now) {
  std::vector<Judged> news;
  for (const auto& [id, history] : histories_) {
    LateSyn late = history.corrected(*wire_.find(id));
    if (late == *told_.find(id)) continue;
    told_.hear(late);
    news.push_back({now, std::move(late)});
  }
  return news;
}

void Watcher::on_queued(Bytes packet) {
  const auto view = TcpView::over(packet);
  const auto* segment = std::get_if<TcpView>(&view);
  if (segment == nullptr) return;
  // Of which end it is only the policy knows: the other one has no such socket.
  const Endpoint from = segment->from(), to = segment->to();
  SocketReading sender = client_states_.read(from, to);
  if (sender.state == SocketState::closed) sender = server_states_.read(from, to);
  queued_.push_back({from, to, segment->seq(), segment->flags(), sender});
}

/// Those before it got no note: nothing could be read from them, or they are not of the traffic.
std::optional<SocketReading> Watcher::sender_of(const Segment& segment) {
  const bool is_clients = segment.from == Side::client;
  const Endpoint& from = is_clients ? segment.flow.client : segment.flow.server;
  const Endpoint& to = is_clients ? segment.flow.server : segment.flow.client;
  const auto found = std::ranges::find_if(queued_, [&](const Queued& q) {
    return q.from == from && q.to == to && q.seq == segment.seq && q.flags == segment.flags;
  });
  if (found == queued_.end()) return std::nullopt;
  const SocketReading sender = found->sender;
  queued_.erase(queued_.begin(), std::next(found));
  return sender;
}

void Watcher::on_note(const Note& note, Bytes) {
  if (const auto* a = std::get_if<Arrived>(&note)) arrived(*a);
  if (const auto* d = std::get_if<Departed>(&note)) departed(*d);
  if (const auto* d = std::get_if<Resumed>(&note)) resumed(*d);
  if (const auto* e = std::get_if<IcmpSent>(&note)) sent(*e);
  if (const auto* r = std::get_if<Released>(&note)) released(r->at);
  if (const auto* d = std::get_if<Discarded>(&note)) discarded(*d);
}

void Watcher::on_settled(Time now) { complete(now); }

void Watcher::arrived(const Arrived& note) {
  if (!began_) began_ = note.at;
  last_segment_ = note.at;
  const auto sender = sender_of(note.segment);
  Watched* watched = find(note.segment);
  if (watched == nullptr) return;
  if (note.segment.kind == SegmentKind::syn && note.segment.copy == 1) {
    begun_last_ = index_.at(note.segment.flow);
  }
  look(*watched, note.at);
  if (sender) (note.segment.from == Side::client ? watched->client : watched->server) = *sender;
  watched->waiting += static_cast<std::uint64_t>(
      std::ranges::count_if(note.planned, std::not_fn(&Planned::leaves_at_once)));
  const auto line = figure_line(note, Numbers::shown);
  if (line->way == Way::through) succeed(*watched, note.segment);
  write(*watched, note, remark_on(note, line->way));
  if (line->way == Way::through) incomplete_ = index_.at(note.segment.flow);
}

void Watcher::departed(const Departed& note) {
  last_segment_ = note.at;
  if (!note.at_once) last_departure_ = note.at;
  if (!note.rule.empty()) ++departures_[note.rule];
  Watched* watched = find(note.segment);
  if (watched == nullptr) return;
  if (!note.at_once && watched->waiting > 0) --watched->waiting;
  succeed(*watched, note.segment);
  if (asks_server(note.segment)) {
    watched->left.push_back({note.at, note.segment.seq, LateSynHistory(watched->server)});
  }
  complete(note.at);
  read(*watched, note.at);
  const bool slow = asks_server(note.segment) && note.segment.life == Life::current &&
                    !note.at_once && watched->client.state == SocketState::closed;
  if (slow) given_up_.push_back(note.segment.flow);
  write(*watched, note, remark_on(note));
}

/// What waited has come to something else that it waits for, has left, or was dropped.
void Watcher::resumed(const Resumed& note) {
  last_segment_ = note.at;
  Watched* const watched = find(note.segment);
  if (watched == nullptr) return;
  if (watched->waiting > 0) --watched->waiting;
  watched->waiting += note.planned.size();
  complete(note.at);
}

void Watcher::sent(const IcmpSent& note) {
  last_segment_ = note.at;
  if (!note.at_once) last_departure_ = note.at;
  ++departures_[note.rule];
  Watched* const watched = find(note.segment);
  if (watched == nullptr) return;
  if (!note.at_once && watched->waiting > 0) --watched->waiting;
  complete(note.at);
  read(*watched, note.at);
  write(*watched, note, "made " + by_text(note.rule, note.changed_by));
}

/// A SYN of the client's is on its way to the server: what comes of those with another ISN is known
/// by now, but for state that the server still holds.
void Watcher::succeed(Watched& watched, const Segment& syn) {
  if (!asks_server(syn) || syn.life != Life::current) return;
  for (const std::uint32_t id : watched.late_syns) {
    if (wire_.find(id)->isn != syn.seq) histories_.at(id).succeed();
  }
  std::erase_if(watched.left, [&syn](const LeftSyn& left) { return left.isn != syn.seq; });
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
  for (const std::uint32_t id : watched.late_syns) {
    histories_.at(id).see(at, watched.client, watched.server);
  }
  for (LeftSyn& left : watched.left) left.history.see(at, watched.client, watched.server);
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

void Watcher::discarded(const Discarded& note) {
  Watched* const watched = find(note.segment);
  if (watched != nullptr && watched->waiting > 0) --watched->waiting;
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
         std::ranges::any_of(watched.late_syns, [this](std::uint32_t id) {
           return !is_settled(histories_.at(id).corrected(*wire_.find(id)));
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
  return std::ranges::all_of(told_.all(), is_settled) &&
         std::ranges::none_of(watched_, [this](const Watched& w) { return may_change(w); });
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
