#include "proxy/waiting/waiting_store.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <type_traits>

namespace latesyn {
namespace {

/// A segment as it came, its departure as rules mostly plan it: the packet says the rest.
bool is_plain(const Waiting& waiting) {
  const Departure& d = waiting.departure;
  return !d.packet.bytes.empty() && !is_forged(d.origin) && !d.changed && !d.icmp && !d.handshake &&
         d.after == Duration::zero() && d.credit.changed_by.empty();
}

template <typename T>
T read_at(const std::byte* at) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <typename T>
void write_at(std::byte* at, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::memcpy(at, &value, sizeof value);
}

}  // namespace

WaitingStore::Header WaitingStore::header(std::uint32_t number) const {
  return read_at<Header>(places_[number].piece.get());
}

void WaitingStore::change(std::uint32_t number, const Header& header) {
  write_at(places_[number].piece.get(), header);
}

std::uint32_t WaitingStore::put(const Waiting& waiting, std::uint32_t flow) {
  const Departure& d = waiting.departure;
  const Segment& s = waiting.segment;
  const auto size = static_cast<std::uint32_t>(d.packet.bytes.size());
  const bool plain = is_plain(waiting);
  const auto& changers = d.credit.changed_by;
  const std::size_t rest = plain ? 0 : sizeof(Special) + changers.size() * sizeof(RuleNumber);
  auto piece = std::make_unique_for_overwrite<std::byte[]>(sizeof(Header) + size + rest);
  write_at(piece.get(), Header{.arrived = waiting.arrived,
                               .order = waiting.order,
                               .flow = flow,
                               .rule = d.credit.made_by,
                               .connection = s.connection,
                               .copy = s.copy,
                               .shown_seq = s.shown_seq,
                               .shown_ack = s.shown_ack,
                               .below = kNone,
                               .beside = kNone,
                               .packet_size = size & 0x3'ffffU,
                               .sleeps = false,
                               .before = false,
                               .once = d.once,
                               .origin = d.origin,
                               .kind = s.kind,
                               .from = s.from,
                               .to = d.to,
                               .life = s.life,
                               .is_plain = plain});
  std::ranges::copy(d.packet.bytes, piece.get() + sizeof(Header));
  if (!plain) {
    const Special special{
        s.flags,     s.seq,     s.ack,  s.payload_size, d.after,
        d.handshake, d.changed, d.icmp, waiting.parked, static_cast<std::uint32_t>(changers.size()),
        d.numbers};
    std::byte* at = piece.get() + sizeof(Header) + size;
    write_at(at, special);
    at += sizeof(Special);
    std::ranges::copy(std::as_bytes(std::span(changers)), at);
  }
  bytes_ += bytes_of(size) + (waiting.parked ? waiting.parked->size : 0);
  return keep(std::move(piece));
}

std::uint32_t WaitingStore::keep(Piece piece) {
  if (free_.empty()) {
    places_.push_back({.piece = std::move(piece)});
    return numbers() - 1;
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  places_[number].piece = std::move(piece);
  return number;
}

WaitingStore::Special WaitingStore::special(std::uint32_t number, const Header& h) const {
  const std::byte* const packet = places_[number].piece.get() + sizeof(Header);
  if (!h.is_plain) return read_at<Special>(packet + h.packet_size);
  const auto view = std::get<TcpView>(TcpView::over({packet, h.packet_size}));
  return {.flags = view.flags(),
          .seq = view.seq(),
          .ack = view.ack(),
          .payload_size = view.payload_size()};
}

Waiting WaitingStore::take(std::uint32_t number, const FlowKey& flow) {
  Waiting waiting = look_at(number, flow);
  const Header h = header(number);
  bytes_ -= bytes_of(h.packet_size) + (waiting.parked ? waiting.parked->size : 0);
  forget(number);
  return waiting;
}

/// Whoever still knows it by its generation does not take another for it.
void WaitingStore::forget(std::uint32_t number) {
  constexpr std::uint32_t kLast = std::numeric_limits<std::uint32_t>::max();
  Place& place = places_[number];
  place.piece.reset();
  place.link = kNone;
  if (++place.generation != kLast) free_.push_back(number);
}

Waiting WaitingStore::look_at(std::uint32_t number, const FlowKey& flow) const {
  const Header h = header(number);
  const Special special = this->special(number, h);
  const std::byte* const packet = places_[number].piece.get() + sizeof(Header);
  std::vector<RuleNumber> changers(special.changers);
  if (special.changers != 0) {
    const std::byte* const at = packet + h.packet_size + sizeof(Special);
    std::memcpy(changers.data(), at, changers.size() * sizeof(RuleNumber));
  }
  return {.departure = {.packet = {{packet, packet + h.packet_size}},
                        .to = h.to,
                        .origin = h.origin,
                        .changed = special.changed,
                        .icmp = special.icmp,
                        .once = h.once,
                        .after = special.after,
                        .handshake = special.handshake,
                        .numbers = special.numbers,
                        .credit = {.made_by = h.rule, .changed_by = std::move(changers)}},
          .segment = {.flow = flow,
                      .from = h.from,
                      .kind = h.kind,
                      .flags = special.flags,
                      .seq = special.seq,
                      .ack = special.ack,
                      .payload_size = special.payload_size,
                      .connection = h.connection,
                      .life = h.life,
                      .copy = h.copy,
                      .shown_seq = h.shown_seq,
                      .shown_ack = h.shown_ack},
          .arrived = h.arrived,
          .order = h.order,
          .parked = special.parked};
}

WaitingStore::Order WaitingStore::order_of(std::uint32_t number) const {
  const Header h = header(number);
  return {h.arrived, h.order, number};
}

Duration WaitingStore::after(std::uint32_t number) const {
  const Header h = header(number);
  return h.is_plain ? Duration::zero() : special(number, h).after;
}

/// The last one pushed of those that wait for this; kNone where there is none.
std::uint32_t WaitingStore::last_of(const Sleepers& sleepers, Awaited awaited) const {
  std::uint32_t last = sleepers.first;
  while (last != kNone && header(last).awaited() != awaited) last = header(last).beside;
  return last;
}

/// Takes the list of those that wait for this out, and returns its last.
std::uint32_t WaitingStore::unlink(Sleepers& sleepers, Awaited awaited) {
  const std::uint32_t last = last_of(sleepers, awaited);
  if (last == kNone) return kNone;
  const std::uint32_t beside = header(last).beside;
  if (sleepers.first == last) {
    sleepers.first = beside;
    return last;
  }
  std::uint32_t before = sleepers.first;
  while (header(before).beside != last) before = header(before).beside;
  Header h = header(before);
  h.beside = beside;
  change(before, h);
  return last;
}

void WaitingStore::push(Sleepers& sleepers, std::uint32_t number, bool before) {
  Header h = header(number);
  h.before = before;
  h.below = unlink(sleepers, h.awaited());
  h.beside = std::exchange(sleepers.first, number);
  h.sleeps = true;
  if (h.below != kNone) places_[h.below].link = number;
  places_[number].link = kNone;
  ++sleepers.count;
  change(number, h);
}

void WaitingStore::supersede(Sleepers& sleepers) {
  for (std::size_t i = 0; i < kTriggerNames.size(); ++i) {
    for (const std::uint32_t number : wake(sleepers, {static_cast<Trigger>(i)})) {
      push(sleepers, number, true);
    }
  }
}

std::vector<std::uint32_t> WaitingStore::wake(Sleepers& sleepers, Awaited awaited) {
  std::vector<std::uint32_t> woken;
  for (auto number = unlink(sleepers, awaited); number != kNone;) {
    Header h = header(number);
    h.sleeps = false;
    change(number, h);
    woken.push_back(std::exchange(number, h.below));
  }
  sleepers.count -= static_cast<std::uint32_t>(woken.size());
  std::ranges::reverse(woken);
  return woken;
}

void WaitingStore::rouse(Sleepers& sleepers, std::uint32_t number) {
  Header h = header(number);
  const std::uint32_t above = places_[number].link;
  if (h.below != kNone) places_[h.below].link = above;
  if (above != kNone) {
    Header next = header(above);
    next.below = h.below;
    change(above, next);
  } else {
    unlink(sleepers, h.awaited());
    if (h.below != kNone) {
      Header last = header(h.below);
      last.beside = std::exchange(sleepers.first, h.below);
      change(h.below, last);
    }
  }
  h.sleeps = false;
  change(number, h);
  places_[number].link = kNone;
  --sleepers.count;
}

}  // namespace latesyn
