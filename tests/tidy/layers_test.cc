// values <- impair <- core <- edge <- lab <- main: an include points left, and only edge/ and lab/
// know Linux.

#include <array>
#include <optional>

#include "tests/tidy/source_file.hpp"

namespace latesyn::test {
namespace {

constexpr std::array<std::string_view, 6> kLayers{"proxy/values", "impair",    "proxy/core",
                                                  "proxy/edge",   "proxy/lab", "proxy"};
constexpr std::array<std::string_view, 16> kSystem{
    "uv.h",        "libnetfilter", "libmnl",  "linux/",   "net/",     "netinet/",
    "arpa/inet.h", "sys/",         "sched.h", "spdlog/",  "cap-ng.h", "fcntl.h",
    "poll.h",      "pthread.h",    "pcap/",   "seccomp.h"};

/// How far right a path stands; nothing for the tests.
std::optional<std::size_t> layer(std::string_view path) {
  for (std::size_t i = 0; i < kLayers.size(); ++i) {
    if (path.starts_with(std::string(kLayers[i]) + "/")) return i;
  }
  return std::nullopt;
}

/// What a line includes, in its quotes or brackets; empty where it includes nothing.
std::string_view included(std::string_view line) {
  constexpr std::string_view kInclude = "#include ";
  if (!line.starts_with(kInclude)) return {};
  line.remove_prefix(kInclude.size() + 1);
  return line.substr(0, line.find_first_of(">\""));
}

Complaints rightward_includes(const SourceFile& file) {
  Complaints out;
  const auto own = layer(file.path);
  for (std::size_t i = 0; own && i < file.lines.size(); ++i) {
    const auto other = layer(included(file.lines[i]));
    if (other && *other > *own) out.push_back(complaint(file, i + 1, "includes a layer above it"));
  }
  return out;
}

bool may_know_linux(const SourceFile& file, std::string_view header) {
  if (in(file, "proxy/edge") || in(file, "proxy/lab") || in(file, "tests")) return true;
  return file.path == "proxy/values/address.cc" && header == "arpa/inet.h";
}

Complaints system_includes(const SourceFile& file) {
  Complaints out;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const auto header = included(file.lines[i]);
    for (const auto start : kSystem) {
      if (header.starts_with(start) && !may_know_linux(file, header)) {
        out.push_back(complaint(file, i + 1, "only edge/ and lab/ may include this"));
      }
    }
  }
  return out;
}

}  // namespace

TEST_CASE("no include points to a layer further right") {
  CHECK(complaints_about_tree(rightward_includes) == Complaints{});
}

TEST_CASE("an include that points right is found") {
  const std::string text =
      "#include \"proxy/values/seq.hpp\"\n#include \"proxy/edge/driver.hpp\"\n";
  CHECK(rightward_includes(snippet("proxy/core/engine.cc", text)) ==
        Complaints{"proxy/core/engine.cc:2: includes a layer above it"});
  CHECK(rightward_includes(snippet("proxy/lab/lab.cc", text)).empty());
  CHECK(rightward_includes(snippet("impair/drop.cc", "#include \"proxy/core/match.hpp\"")) ==
        Complaints{"impair/drop.cc:1: includes a layer above it"});
}

TEST_CASE("only edge and lab include what is Linux") {
  CHECK(complaints_about_tree(system_includes) == Complaints{});
}

TEST_CASE("an include of a socket header in the core is found") {
  const std::string text = "#include <sys/socket.h>\n#include <vector>\n#include <uv.h>\n";
  CHECK(system_includes(snippet("proxy/core/engine.cc", text)) ==
        Complaints{"proxy/core/engine.cc:1: only edge/ and lab/ may include this",
                   "proxy/core/engine.cc:3: only edge/ and lab/ may include this"});
  CHECK(system_includes(snippet("proxy/edge/queue.cc", text)).empty());
  CHECK(system_includes(snippet("proxy/values/seq.cc", "#include <arpa/inet.h>")).size() == 1);
}

}  // namespace latesyn::test
