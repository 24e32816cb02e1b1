#include "tests/netns/torture/policies.hpp"

#include <fmt/format.h>

#include <array>

#include "proxy/intercept/plan.hpp"
#include "proxy/loader/policy_file.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn::torture {
namespace {

constexpr const char* kPass = "handshake = \"pass\"";
constexpr std::array kModes{kPass,  kPass,        kServerFirst, kShifted, kClientFirstTold,
                            kSplit, kSimultaneous};

struct AnyRule {
  bool about_data;
  const char* text;
};
constexpr std::array kRules{
    AnyRule{false,
            "when = { segment = \"syn\", copy = 1, every = 4 }\ndo = \"hold\"\n"
            "until = \"closed\"\nafter = \"100ms\"\n"},
    AnyRule{false,
            "when = { segment = \"syn\", copy = 1, every = 5 }\ndo = \"hold\"\n"
            "until = \"released\"\n"},
    AnyRule{false,
            "when = { segment = \"syn\", probability = 0.5 }\ndo = \"delay\"\nby = \"3ms\"\n"
            "jitter = \"2ms\"\n"},
    AnyRule{false,
            "when = { segment = \"syn\", copy = 1, every = 3 }\ndo = \"replay\"\n"
            "after = \"50ms\"\n"},
    AnyRule{false, "when = { segment = \"syn-ack\", every = 6, copy = 1 }\ndo = \"drop\"\n"},
    AnyRule{false, "when = { segment = \"fin\", probability = 0.3 }\ndo = \"duplicate\"\n"},
    AnyRule{false,
            "when = { segment = \"rst\", probability = 0.3 }\ndo = \"delay\"\nby = \"5ms\"\n"},
    AnyRule{true, "when = { segment = \"data\", probability = 0.01 }\ndo = \"drop\"\n"},
    AnyRule{true,
            "when = { segment = \"data\", probability = 0.1 }\ndo = \"delay\"\nby = \"2ms\"\n"},
    AnyRule{true,
            "when = { segment = \"data\", probability = 0.05 }\ndo = \"duplicate\"\n"
            "spacing = \"1ms\"\n"},
    AnyRule{true,
            "when = { segment = \"data\", probability = 0.02 }\ndo = \"replay\"\n"
            "after = \"300ms\"\n"},
    AnyRule{true,
            "when = { segment = \"data\", probability = 0.01 }\ndo = \"corrupt\"\n"
            "checksum = \"wrong\"\n"},
    AnyRule{true, "when = { direction = \"to-server\" }\ndo = \"rewrite\"\ndscp = 10\n"},
};

std::string rules(bool about_data, Rng& rng) {
  std::string out;
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if ((kRules[i].about_data && !about_data) || rng() % 4 != 0) continue;
    out += fmt::format("[[rule]]\nname = \"rule {}\"\n{}\n", i, kRules[i].text);
  }
  return out;
}

std::string whole(const std::string& about) {
  return fmt::format(
      "about = \"Torture.\"\n[traffic]\nservers = [\"10.2.0.2:8080\", \"[fd00:2::2]:8080\", "
      "\"10.4.0.0/16:8080\", \"[fd00:4::]/64:8080\"]\n{}",
      about);
}

/// Whether the halves that latesyn joins have different numbers.
bool shifts(std::size_t mode) {
  const std::string_view text = kModes[mode];
  return text.find("hashed") != text.npos || text.find("client-first") != text.npos;
}

}  // namespace

Manner any_manner(Rng& rng) {
  const std::size_t mode = rng() % kModes.size();
  return {.mode = mode, .kernel = kModes[mode] != kPass && rng() % 2 == 0};
}

AnyPolicy any_policy(const Manner& manner, Rng& rng) {
  const bool relayed = kModes[manner.mode] != kPass;
  const std::string any_rules = rules(!manner.kernel, rng);
  const auto translated_by = [&](std::string_view who) {
    return fmt::format("{}\ntranslate = \"{}\"\n{}", kModes[manner.mode], who, any_rules);
  };
  AnyPolicy made{.manner = manner, .handling = {.relayed = relayed}};
  made.about = fmt::format("{}\n{}", kModes[manner.mode], any_rules);
  if (relayed) {
    made.about = translated_by(manner.kernel ? "auto" : "user");
    made.splices = make_plan(parse_policy(whole(made.about), "any"), kRouter).splice;
    if (made.splices && rng() % 2 == 0) made.about = translated_by("kernel");
    (made.splices ? made.handling.spliced : made.handling.shifted) = shifts(manner.mode);
  }
  made.text = whole(made.about);
  made.takes = relayed || !any_rules.empty();
  return made;
}

std::string nonsense(Rng& rng) {
  constexpr std::array kTexts{
      "", "about = \"cut o", "about = \"No traffic.\"\n",
      "about = \"x\"\n[traffic]\nservers = [\"10.2.0.2:8080\"]\n[[rule]]\ndo = \"nothing known\"\n",
      "about = \"x\"\n[traffic]\nservers = [\"10.2.0.2:99999\"]\n"};
  return kTexts[rng() % kTexts.size()];
}

}  // namespace latesyn::torture
