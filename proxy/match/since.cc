#include "proxy/match/since.hpp"

#include <fmt/format.h>

#include "proxy/document/document_reader.hpp"
#include "proxy/match/sight.hpp"
#include "proxy/values/duration_text.hpp"

namespace latesyn {
namespace {

constexpr std::array<std::string_view, kSinceNames.size()> kSinceTexts{
    "the start", "its connection's first SYN", "its handshake", "its connection's last segment"};

}  // namespace

Ages read_ages(const DocumentValue& value) {
  Ages ages;
  if (!value.is_table()) {
    ages[static_cast<std::size_t>(Since::start)] = value.duration();
    return ages;
  }
  DocumentTable table = value.table(value.name());
  bool any = false;
  for (std::size_t i = 0; i < ages.size(); ++i) {
    if (const auto age = table.find(kSinceNames[i])) {
      ages[i] = age->duration();
      any = true;
    }
  }
  table.refuse_unread();
  if (!any) {
    value.fail(
        fmt::format("\"{0}\" is empty; write since when, for example {0} = {{ handshake = "
                    "\"2s\" }}",
                    value.name()));
  }
  return ages;
}

std::optional<Duration> elapsed(Since since, const Sight& sight) {
  const auto to_now = [&sight](const std::optional<Time>& then) {
    return then ? std::optional<Duration>(sight.now - *then) : std::nullopt;
  };
  switch (since) {
    case Since::connection:
      return to_now(sight.moments.began);
    case Since::handshake:
      return to_now(sight.moments.completed);
    case Since::idle:
      return to_now(sight.moments.heard);
    case Since::start:
      break;
  }
  return sight.now.time_since_epoch();
}

void narrow_for(const Ages& ages, Outline& outline) {
  const auto names = [&ages](Since since) { return of(ages, since).has_value(); };
  // A handshake ends with an ACK, which may carry data; and any segment is a connection's last.
  // What is true of a bundle's first segment need not be of those behind it.
  const bool looks_back = names(Since::handshake) || names(Since::idle);
  outline.asks_for_others |= looks_back;
  outline.splits_bundles |= looks_back;
  outline.asks_for_moments |= looks_back || names(Since::connection);
}

std::string ages_text(std::string_view how, const Ages& ages) {
  std::string out;
  for (std::size_t i = 0; i < ages.size(); ++i) {
    if (ages[i]) out += fmt::format(", {} {} after {}", how, to_text(*ages[i]), kSinceTexts[i]);
  }
  return out;
}

}  // namespace latesyn
