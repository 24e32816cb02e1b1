#include <fmt/format.h>

#include <algorithm>

#include "proxy/loader/policy_sections.hpp"

namespace latesyn {
namespace {

constexpr std::size_t kReplaysMax = 100;

/// A capture alone does not tell which ACK completes a handshake.
constexpr std::array<std::string_view, 6> kKinds{"syn", "syn-ack", "ack", "data", "fin", "rst"};

SegmentKinds read_kinds(const DocumentValue& value) {
  SegmentKinds kinds;
  for (const DocumentValue& word : value.one_or_list("at least one kind", kKinds.size())) {
    kinds.add(*segment_kind(kKinds[word.choice(kKinds)]));
  }
  return kinds;
}

CaptureReplay read_replay(const DocumentValue& entry) {
  DocumentTable table = entry.table("[[replay]]");
  CaptureReplay replay;
  replay.file = table.at("file", "file = \"old.pcapng\"").text("a file's name in quotes");
  const auto name = table.find("name");
  replay.name = name ? name->text("a name in quotes") : replay.file;
  if (const auto start = table.find("start")) replay.start = start->duration();
  if (const auto scale = table.find("scale")) replay.scale = scale->factor();
  const auto kinds = table.find("segment");
  replay.segments = kinds ? read_kinds(*kinds) : SegmentKinds().add(SegmentKind::syn);
  table.refuse_unread();
  return replay;
}

}  // namespace

std::vector<CaptureReplay> read_replays(const DocumentValue& section,
                                        const std::vector<Rule>& rules) {
  std::vector<CaptureReplay> replays;
  for (const DocumentValue& entry : section.list("[[replay]] tables", kReplaysMax)) {
    CaptureReplay replay = read_replay(entry);
    const auto taken = [&replay](const auto& other) { return other.name == replay.name; };
    if (std::ranges::any_of(rules, taken) || std::ranges::any_of(replays, taken)) {
      entry.fail(fmt::format("\"{}\" names something else already; give it a name of its own",
                             replay.name));
    }
    replays.push_back(std::move(replay));
  }
  return replays;
}

}  // namespace latesyn
