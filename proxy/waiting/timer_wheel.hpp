#pragma once
// Values that wait for a time, a million of them as cheap as a few: a hierarchical wheel (Varghese
// and Lauck, 1987). Due times stay exact, and ties break by the order of adding.

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "proxy/values/time.hpp"

namespace latesyn {

template <typename T>
class TimerWheel {
 public:
  /// Names one that was added, for cancel().
  struct Handle {
    std::uint32_t node = 0;
    std::uint64_t order = 0;
  };

  Handle add(Time at, T value) {
    const std::uint32_t number = new_node();
    Node& n = node(number);
    n.at = at;
    n.order = order_;
    n.value.emplace(std::move(value));
    ++size_;
    place(number);
    return {number, order_++};
  }

  /// False where it has left already, or was cancelled before.
  bool cancel(const Handle& handle) {
    if (handle.node >= made_) return false;
    Node& n = node(handle.node);
    if (!n.value || n.order != handle.order) return false;
    n.value.reset();
    --size_;
    if (n.home != kReady) {
      unlink(handle.node);
      give_back(handle.node);
    }
    skip_cancelled();
    return true;
  }

  /// Of one that was added and has not left: when it is due, and what cancels it.
  Time due(std::uint32_t number) const { return node(number).at; }
  Handle handle_of(std::uint32_t number) const { return {number, node(number).order}; }

  /// When the next is due. After a cancel() nothing may be due then, but nothing is due before.
  std::optional<Time> next() const {
    if (first_ < ready_.size()) return node(ready_[first_]).at;
    for (const Level& level : levels_) {
      if (const auto bucket = level.first()) return level.buckets[*bucket].earliest;
    }
    return std::nullopt;
  }

  /// The next that is due by `now`; none where nothing is.
  std::optional<T> take(Time now) {
    while (first_ == ready_.size()) {
      if (!advance(now)) return std::nullopt;
    }
    const std::uint32_t number = ready_[first_];
    if (node(number).at > now) return std::nullopt;
    ++first_;
    std::optional<T> value = std::exchange(node(number).value, std::nullopt);
    give_back(number);
    --size_;
    skip_cancelled();
    return value;
  }

  std::size_t size() const { return size_; }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  static constexpr unsigned kTickBits = 13;  // 8.2 µs: less than a timer's own lateness
  static constexpr unsigned kLevelBits = 8;
  static constexpr std::size_t kBuckets = 1U << kLevelBits, kLevels = 7;  // 13 + 7 * 8 > 63
  static constexpr std::uint32_t kPiece = 256;
  static constexpr std::uint16_t kReady = 0xffff;

  struct Bucket {
    std::uint32_t head = kNone, tail = kNone;
    Time earliest;
  };
  struct Node {
    Time at;
    std::uint64_t order = 0;
    std::optional<T> value;       // none: cancelled, or free
    std::uint16_t home = kReady;  // the bucket that it is in: level, then place
    std::uint32_t before = kNone, after = kNone;
  };
  struct Level {
    std::array<Bucket, kBuckets> buckets{};
    std::array<std::uint64_t, kBuckets / 64> used{};

    std::optional<std::size_t> first() const {
      for (std::size_t i = 0; i < used.size(); ++i) {
        if (used[i] != 0) return 64 * i + static_cast<std::size_t>(std::countr_zero(used[i]));
      }
      return std::nullopt;
    }
    void set(std::size_t bucket) { used[bucket / 64] |= std::uint64_t{1} << bucket % 64; }
    void clear(std::size_t bucket) { used[bucket / 64] &= ~(std::uint64_t{1} << bucket % 64); }
  };

  static std::uint64_t tick_of(Time at) {
    const auto since = std::max<std::int64_t>(at.time_since_epoch().count(), 0);
    return static_cast<std::uint64_t>(since) >> kTickBits;
  }
  Node& node(std::uint32_t number) { return pieces_[number / kPiece][number % kPiece]; }
  const Node& node(std::uint32_t number) const { return pieces_[number / kPiece][number % kPiece]; }

  Bucket& bucket_of(const Node& n) {
    return levels_[n.home >> kLevelBits].buckets[n.home & (kBuckets - 1)];
  }

  std::uint32_t new_node() {
    if (free_ != kNone) {
      const std::uint32_t number = free_;
      free_ = node(number).after;
      return number;
    }
    if (made_ % kPiece == 0) pieces_.push_back(std::make_unique<Node[]>(kPiece));
    return made_++;
  }
  void give_back(std::uint32_t number) { node(number).after = std::exchange(free_, number); }

  /// Where the tick and the cursor differ first, from above, says the level: what shares more of
  /// its leading bits with the cursor comes sooner, so the lowest level in use has the next.
  void place(std::uint32_t number) {
    const std::uint64_t tick = tick_of(node(number).at);
    if (tick <= cursor_) return make_ready(number);
    const auto highest = static_cast<unsigned>(std::bit_width(tick ^ cursor_) - 1);
    const std::size_t level = highest / kLevelBits;
    const std::size_t at = tick >> level * kLevelBits & (kBuckets - 1);
    levels_[level].set(at);
    node(number).home = static_cast<std::uint16_t>(level << kLevelBits | at);
    link(bucket_of(node(number)), number);
  }

  bool sooner(std::uint32_t a, std::uint32_t b) const {
    const Node &x = node(a), &y = node(b);
    return x.at != y.at ? x.at < y.at : x.order < y.order;
  }
  /// Mostly it is the last; anywhere else it is one of the few of its tick.
  void make_ready(std::uint32_t number) {
    node(number).home = kReady;
    auto at = ready_.end();
    if (first_ < ready_.size() && sooner(number, ready_.back())) {
      at = std::upper_bound(ready_.begin() + static_cast<std::ptrdiff_t>(first_), ready_.end(),
                            number, [this](auto a, auto b) { return sooner(a, b); });
    }
    ready_.insert(at, number);
  }
  void skip_cancelled() {
    while (first_ < ready_.size() && !node(ready_[first_]).value) give_back(ready_[first_++]);
    if (first_ != ready_.size()) return;
    ready_.clear();
    first_ = 0;
  }

  void link(Bucket& bucket, std::uint32_t number) {
    Node& n = node(number);
    bucket.earliest = bucket.head == kNone ? n.at : std::min(bucket.earliest, n.at);
    n.before = bucket.tail;
    n.after = kNone;
    (bucket.tail == kNone ? bucket.head : node(bucket.tail).after) = number;
    bucket.tail = number;
  }
  void unlink(std::uint32_t number) {
    Node& n = node(number);
    Bucket& bucket = bucket_of(n);
    (n.before == kNone ? bucket.head : node(n.before).after) = n.after;
    (n.after == kNone ? bucket.tail : node(n.after).before) = n.before;
    if (bucket.head == kNone) levels_[n.home >> kLevelBits].clear(n.home & (kBuckets - 1));
  }

  /// Moves the cursor to the next bucket in use, and what is in there to where it belongs now.
  /// False where that bucket lies behind `now`.
  bool advance(Time now) {
    for (std::size_t l = 0; l < kLevels; ++l) {
      const auto at = levels_[l].first();
      if (!at) continue;
      Bucket& bucket = levels_[l].buckets[*at];
      if (bucket.earliest > now) return false;
      const unsigned shift = static_cast<unsigned>(l) * kLevelBits;
      const std::uint64_t above = shift + kLevelBits >= 64 ? 0 : ~std::uint64_t{0} << (shift + 8U);
      cursor_ = (cursor_ & above) | std::uint64_t{*at} << shift;
      levels_[l].clear(*at);
      empty(bucket);
      return true;
    }
    return false;
  }
  /// Only while nothing is ready.
  void empty(Bucket& bucket) {
    std::uint32_t number = std::exchange(bucket.head, kNone);
    bucket.tail = kNone;
    while (number != kNone) {
      const std::uint32_t after = node(number).after;
      if (tick_of(node(number).at) > cursor_) {
        place(number);
      } else {
        node(number).home = kReady;
        ready_.push_back(number);
      }
      number = after;
    }
    std::ranges::sort(ready_, [this](auto a, auto b) { return sooner(a, b); });
  }

  std::array<Level, kLevels> levels_{};
  std::vector<std::uint32_t> ready_;  // due by the cursor's tick, in order, from first_ on
  std::size_t first_ = 0;
  std::vector<std::unique_ptr<Node[]>> pieces_;
  std::uint32_t made_ = 0, free_ = kNone;
  std::uint64_t cursor_ = 0, order_ = 0;
  std::size_t size_ = 0;
};

}  // namespace latesyn
