#include "proxy/engine/outbox.hpp"

#include <algorithm>
#include <utility>

namespace latesyn {

std::uint64_t Counters::*Outbox::full(const Flow& flow, const Departures& departures,
                                      const std::optional<Parked>& parked) const {
  std::uint64_t bytes = parked ? parked->size : 0;
  std::size_t asleep = 0;
  for (const Departure& d : departures) {
    if (d.once != Trigger::arrived) ++asleep;
    if (!d.leaves_at_once()) bytes += WaitingStore::bytes_of(d.packet.bytes.size());
  }
  if (size() + departures.size() > limits_.waiting) return &Counters::waiting_full;
  if (store_.bytes() + bytes > limits_.waiting_bytes) return &Counters::waiting_bytes_full;
  if (flow.asleep.count + asleep > limits_.asleep_of_flow) return &Counters::asleep_of_flow_full;
  return nullptr;
}

bool Outbox::can_park(bool can_be_kept) const {
  return parked_ < (can_be_kept ? limits_.parked : limits_.parked_bundles);
}

std::uint32_t Outbox::number(std::size_t departures) {
  return std::exchange(next_order_, next_order_ + static_cast<std::uint32_t>(departures));
}

void Outbox::keep(Flow& flow, Waiting waiting, Time now, std::optional<Pause> pause) {
  if (waiting.parked) ++parked_;
  std::uint32_t number = 0;
  if (waiting.departure.once != Trigger::arrived) {
    ++asleep_;
    const bool before = flow.connection.is_before(waiting.segment.connection);
    number = store_.put(waiting, flow.number);
    store_.push(flow.asleep, number, before);
  } else {
    ++flow.scheduled;
    const Time due = now + std::exchange(waiting.departure.after, Duration::zero());
    number = store_.put(waiting, flow.number);
    set_due(number, due);
  }
  if (pause) pauses_[number] = std::move(*pause);
}

std::optional<Outbox::Due> Outbox::take(Time now) {
  const auto number = schedule_.take(now);
  if (!number) return std::nullopt;
  Due due{.flow = &flow_of(*number)};
  --due.flow->scheduled;
  if (const auto pause = pauses_.empty() ? pauses_.end() : pauses_.find(*number);
      pause != pauses_.end()) {
    due.pause = std::move(pause->second);
  }
  due.waiting = take_out(*due.flow, *number);
  return due;
}

std::uint32_t Outbox::wake(Flow& flow, Trigger trigger, std::uint32_t connection, Time now) {
  std::uint32_t woken = 0;
  const auto let_go = [&](bool before) {
    for (const std::uint32_t number : store_.wake(flow.asleep, {trigger, before})) {
      // What leaves at once does so after the segment that woke it, too.
      set_due(number, now + store_.after(number));
      ++woken;
    }
  };
  const bool before = flow.connection.is_before(connection);
  if (before || !flow.connection.contested()) let_go(true);
  if (!before) let_go(false);
  flow.scheduled += woken;
  asleep_ -= woken;
  return woken;
}

bool Outbox::release(std::uint32_t number, Time now) {
  Flow& flow = flow_of(number);
  if (!store_.sleeps(number)) {
    cancel(number);
    set_due(number, now);
    return false;
  }
  rouse(flow, number);
  ++flow.scheduled;
  set_due(number, now + store_.after(number));
  return true;
}

Waiting Outbox::discard(std::uint32_t number) {
  Flow& flow = flow_of(number);
  if (store_.sleeps(number)) {
    rouse(flow, number);
  } else {
    cancel(number);
    --flow.scheduled;
  }
  return take_out(flow, number);
}

bool Outbox::delay(std::uint32_t number, Duration by) {
  const auto due = this->due(number);
  if (!due) return false;
  cancel(number);
  set_due(number, *due + std::min(by, Time::max() - *due));
  return true;
}

std::optional<Time> Outbox::due(std::uint32_t number) const {
  if (store_.sleeps(number)) return std::nullopt;
  return schedule_.due(store_.timer_of(number));
}

void Outbox::set_due(std::uint32_t number, Time due) {
  store_.set_timer(number, schedule_.add(due, number).node);
}

void Outbox::cancel(std::uint32_t number) {
  schedule_.cancel(schedule_.handle_of(store_.timer_of(number)));
}

void Outbox::rouse(Flow& flow, std::uint32_t number) {
  store_.rouse(flow.asleep, number);
  --asleep_;
}

Waiting Outbox::take_out(Flow& flow, std::uint32_t number) {
  if (!pauses_.empty()) pauses_.erase(number);
  Waiting waiting = store_.take(number, flow.connection.flow());
  if (waiting.parked) --parked_;
  return waiting;
}

}  // namespace latesyn
