#pragma once
// A chain of up to four states, one step for each packet, in each of which packets are lost with a
// chance of their own (Gilbert 1960, Elliott 1963; the four states are netem's).

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "proxy/values/rng.hpp"

namespace latesyn {

struct MarkovChain {
  using Row = std::array<double, 4>;
  /// From each state, how probable each is for the next packet.
  std::array<Row, 4> next{};
  /// In each state, the chance that a packet is lost.
  Row lost{};
  /// How much of its time it spends in each. It starts so: the first packets are as any others.
  Row start{};

  /// From good to bad by `p`, back by `r`, which are not both 0.
  static MarkovChain two_states(double p, double r, double good_loss, double bad_loss) {
    return {
        .next = {{{1 - p, p}, {r, 1 - r}}}, .lost = {good_loss, bad_loss}, .start = shares({r, p})};
  }
  /// 1: passes in a gap, 2: passes in a burst, 3: lost in a burst, 4: lost in a gap. `p31` and
  /// `p23` are not 0.
  static MarkovChain four_states(double p13, double p31, double p32, double p23, double p14) {
    return {.next = {{{1 - p13 - p14, 0, p13, p14},
                      {0, 1 - p23, p23, 0},
                      {p31, p32, 1 - p31 - p32, 0},
                      {1, 0, 0, 0}}},
            .lost = {0, 0, 1, 1},
            .start = shares({p31 * p23, p13 * p32, p13 * p23, p31 * p23 * p14})};
  }

  /// `weights`, which are not all 0, as shares that come to 1.
  static Row shares(const Row& weights) {
    const double all = weights[0] + weights[1] + weights[2] + weights[3];
    return {weights[0] / all, weights[1] / all, weights[2] / all, weights[3] / all};
  }
  static std::size_t drawn(const Row& row, Rng& rng) {
    double left = rng.uniform();
    std::size_t state = 0, last = 0;
    for (; state < row.size(); ++state) {
      if (row[state] > 0) last = state;
      if (left < row[state]) return state;
      left -= row[state];
    }
    return last;  // rounding has left no other
  }

  /// The share of all packets that are lost.
  double loss() const {
    double sum = 0;
    for (std::size_t i = 0; i < 4; ++i) sum += start[i] * lost[i];
    return sum;
  }
  /// How many are lost in a row, on average: all that are, by those behind one that passed.
  double burst() const {
    double first = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 4; ++j) first += start[i] * (1 - lost[i]) * next[i][j] * lost[j];
    }
    return first > 0 ? loss() / first : 0;
  }
  /// False where the next state does not depend on the one before.
  bool remembers() const {
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 4; ++j) {
        if (start[i] > 0 && std::abs(next[i][j] - start[j]) > 1e-9) return true;
      }
    }
    return false;
  }
};

}  // namespace latesyn
