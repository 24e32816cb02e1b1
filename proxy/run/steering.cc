#include "proxy/run/steering.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "proxy/run/run_text.hpp"

namespace latesyn {
namespace {

constexpr std::size_t kListed = 10;
/// Rows that one look at an engine gives: it decides on packets between two of them.
constexpr std::size_t kPage = 256;

}  // namespace

void Steering::on_keys(std::string_view typed) {
  // An arrow, say, is several characters, and none of them was meant.
  constexpr char kEscape = '\x1b';
  if (typed.front() == kEscape) typed = typed.substr(0, 1);
  for (const char key : typed) on_key(key);
}

void Steering::on_key(char key) {
  switch (key) {
    case '\n':
    case '\r':
      return release_all();
    case 'l':
      return list();
    case 'o':
      return release_oldest();
    default:
      spdlog::info("keys: {}", kKeys);
  }
}

void Steering::release_all() {
  const std::uint64_t before = held();
  workers_.obey(Release{ForHand{}}, [this, before](const Reply& reply) {
    answers_.put([before, about = reply.about] {
      spdlog::info("released by hand: {} of {} held", about, before);
    });
  });
}

void Steering::release_oldest() {
  const auto first = oldest(1);
  if (first.empty()) return spdlog::info("nothing is held");
  const std::string row = held_text(first[0], clock_.now());
  workers_.obey(Release{first[0].id}, [this, row](const Reply& reply) {
    answers_.put([row, reply] {
      if (reply.refusal.empty()) return spdlog::info("released by hand: {}", row);
      spdlog::info("not released, {}: {}", reply.refusal, row);
    });
  });
}

void Steering::list() {
  const std::uint64_t all = held();
  const auto rows = oldest(kListed);
  if (rows.empty()) return spdlog::info("nothing is held");
  spdlog::info("{} held{}:", all, rows.size() < all ? ", the oldest are" : "");
  for (const Held& row : rows) spdlog::info("  {}", held_text(row, clock_.now()));
}

std::uint64_t Steering::held() {
  return workers_.sum([](Worker& worker) { return worker.engine().waiting(); });
}

/// A page at a time, as half a million may be held.
std::vector<Held> Steering::oldest(std::size_t most) {
  std::vector<Held> rows;
  const auto since = [](const Held& row) { return std::pair(row.since, row.id); };
  for (std::optional<HeldId> from = HeldId(); from;) {
    HeldPage page = workers_.held(*from, kPage);
    from = page.next;
    std::ranges::move(page.rows, std::back_inserter(rows));
    std::ranges::sort(rows, {}, since);
    if (rows.size() > most) rows.resize(most);
  }
  return rows;
}

}  // namespace latesyn
