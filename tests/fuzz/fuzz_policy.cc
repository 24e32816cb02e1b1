// Any text may be given for a policy, TOML or (where it begins as an object) JSON. It is refused
// with a PolicyError, or all that is done with a policy can be done with it.

#include <cstdlib>

#include "proxy/describe/describe.hpp"
#include "proxy/document/document.hpp"
#include "proxy/intercept/plan.hpp"
#include "proxy/loader/policy_file.hpp"
#include "proxy/report/play.hpp"

using namespace latesyn;

namespace {

/// Playing is bounded, but too slow for a fuzzer where copies are made by the thousand.
constexpr std::size_t kShort = 3;

void use(const Policy& policy) {
  const std::string text = describe(policy);
  if (text.empty() || text.back() != '\n') std::abort();
  static_cast<void>(takes(make_plan(policy, kRouter), Flags{.syn = true}, 60));
  if (policy.rules.size() > kShort) return;
  const Played played = play(policy, 1);
  static_cast<void>(difference(policy.example, played.lines));
}

/// As JSON, a document is the same document.
void convert(const DocumentNode& document) {
  const std::string json = to_json_text(document);
  if (to_json_text(parse_json(json, "fuzz")) != json) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const std::string name = text.starts_with('{') ? "fuzz.json" : "fuzz.toml";
  try {
    convert(parse_document(text, name));
    use(parse_policy(text, name));
  } catch (const PolicyError& error) {
    if (!std::string_view(error.what()).starts_with(name)) std::abort();
  }
  return 0;
}
