#include "impair/making/impairment.hpp"

#include <map>
#include <stdexcept>

namespace latesyn {
namespace {

std::map<std::string_view, const ImpairmentKind>& registry() {
  static std::map<std::string_view, const ImpairmentKind> kinds;
  return kinds;
}

}  // namespace

Registered::Registered(const ImpairmentKind& kind) {
  if (!registry().emplace(kind.name, kind).second) {
    throw std::logic_error("impairment registered twice: " + std::string(kind.name));
  }
}

const ImpairmentKind* find_impairment(std::string_view name) {
  const auto found = registry().find(name);
  return found == registry().end() ? nullptr : &found->second;
}

std::vector<const ImpairmentKind*> impairments() {
  std::vector<const ImpairmentKind*> all;
  for (const auto& [name, kind] : registry()) all.push_back(&kind);
  return all;
}

}  // namespace latesyn
