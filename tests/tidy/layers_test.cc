// proxy/rooms.txt is the house: each file stands in a room, and includes what its room may see.

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "tests/tidy/rooms.hpp"
#include "tests/tidy/source_file.hpp"

namespace latesyn::test {
namespace {

constexpr std::size_t kRoomMax = 30;  // files; with about 25 it is time to think of two rooms
constexpr std::array<std::string_view, 16> kSystem{
    "uv.h",        "libnetfilter", "libmnl",  "linux/",   "net/",     "netinet/",
    "arpa/inet.h", "sys/",         "sched.h", "spdlog/",  "cap-ng.h", "fcntl.h",
    "poll.h",      "pthread.h",    "pcap/",   "seccomp.h"};

bool of_the_house(const SourceFile& file) { return in(file, "proxy") || in(file, "impair"); }

Complaints forbidden_includes(const SourceFile& file) {
  Complaints out;
  const Room* const own = room_of(rooms(), file.path);
  for (std::size_t i = 0; own && i < file.lines.size(); ++i) {
    const Room* const other = room_of(rooms(), included(file.lines[i]));
    if (!other || other == own || std::ranges::count(own->sees, other->folder) != 0) continue;
    out.push_back(complaint(file, i + 1, own->folder + " does not see " + other->folder));
  }
  return out;
}

Complaints homeless(const SourceFile& file) {
  if (!of_the_house(file) || room_of(rooms(), file.path)) return {};
  return {complaint(file, 1, "this folder has no row in proxy/rooms.txt")};
}

bool may_know_linux(const SourceFile& file, std::string_view header) {
  const Room* const room = room_of(rooms(), file.path);
  if (!room || !room->pure) return true;
  return file.path == "proxy/values/address.cc" && header == "arpa/inet.h";
}

Complaints system_includes(const SourceFile& file) {
  Complaints out;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const auto header = included(file.lines[i]);
    for (const auto start : kSystem) {
      if (header.starts_with(start) && !may_know_linux(file, header)) {
        out.push_back(complaint(file, i + 1, "a pure room may not include this"));
      }
    }
  }
  return out;
}

/// Whoever reads a policy can't tell TOML from JSON.
Complaints knowledge_of_toml(const SourceFile& file) {
  Complaints out;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    if (included(file.lines[i]).starts_with("toml++/") &&
        file.path != "proxy/document/toml_document.cc") {
      out.push_back(complaint(file, i + 1, "only proxy/document/toml_document.cc knows TOML"));
    }
  }
  return out;
}

/// Each room with those that its files include.
std::map<std::string, std::set<std::string>> seen_by_room() {
  std::map<std::string, std::set<std::string>> seen;
  for (const auto* const ending : {".cc", ".hpp"}) {
    for (const SourceFile& file : files_of_tree(ending)) {
      const Room* const own = room_of(rooms(), file.path);
      for (std::size_t i = 0; own && i < file.lines.size(); ++i) {
        const Room* const other = room_of(rooms(), included(file.lines[i]));
        if (other && other != own) seen[own->folder].insert(other->folder);
      }
    }
  }
  return seen;
}

}  // namespace

TEST_CASE("no file includes what its room does not see") {
  CHECK(complaints_about_tree(forbidden_includes) == Complaints{});
}

TEST_CASE("an include of a room out of sight is found") {
  const std::string text =
      "#include \"proxy/values/seq.hpp\"\n#include \"proxy/queue/driver.hpp\"\n";
  CHECK(forbidden_includes(snippet("proxy/engine/engine.cc", text)) ==
        Complaints{"proxy/engine/engine.cc:2: proxy/engine does not see proxy/queue"});
  CHECK(forbidden_includes(snippet("impair/drop.cc", "#include \"proxy/match/match.hpp\"")) ==
        Complaints{"impair/drop.cc:1: impair does not see proxy/match"});
}

TEST_CASE("every file stands in a room of the table") {
  CHECK(complaints_about_tree(homeless) == Complaints{});
  CHECK(homeless(snippet("proxy/attic/x.cc", "")) ==
        Complaints{"proxy/attic/x.cc:1: this folder has no row in proxy/rooms.txt"});
}

TEST_CASE(
    "no room sees one that stands above it, and none says that it sees what it does not use") {
  CHECK(floors(rooms()).size() > 3);
  CHECK_THROWS_WITH(floors(rooms_of("a | pure | x | b\nb | pure | y |")),
                    "a sees b, which does not stand above it");
  const auto seen = seen_by_room();
  for (const Room& room : rooms()) {
    INFO(room.folder);
    const auto used = seen.find(room.folder);
    const std::set<std::string> says(room.sees.begin(), room.sees.end());
    CHECK(says == (used == seen.end() ? std::set<std::string>{} : used->second));
  }
}

TEST_CASE("a pure room sees pure rooms only, and knows nothing of Linux") {
  for (const Room& room : rooms()) {
    for (const std::string& seen : room.sees) {
      INFO(room.folder << " sees " << seen);
      CHECK((!room.pure || room_of(rooms(), seen + "/x")->pure));
    }
  }
  CHECK(complaints_about_tree(system_includes) == Complaints{});
}

TEST_CASE("an include of a socket header in a pure room is found") {
  const std::string text = "#include <sys/socket.h>\n#include <vector>\n#include <uv.h>\n";
  CHECK(system_includes(snippet("proxy/engine/engine.cc", text)) ==
        Complaints{"proxy/engine/engine.cc:1: a pure room may not include this",
                   "proxy/engine/engine.cc:3: a pure room may not include this"});
  CHECK(system_includes(snippet("proxy/queue/driver.cc", text)).empty());
  CHECK(system_includes(snippet("proxy/values/seq.cc", "#include <arpa/inet.h>")).size() == 1);
}

TEST_CASE("only its front knows TOML") {
  CHECK(complaints_about_tree(knowledge_of_toml) == Complaints{});
  CHECK(knowledge_of_toml(snippet("proxy/loader/x.cc", "#include <toml++/toml.h>")) ==
        Complaints{"proxy/loader/x.cc:1: only proxy/document/toml_document.cc knows TOML"});
}

TEST_CASE("no room is crowded") {
  std::map<std::string, std::size_t> files;
  for (const auto* const ending : {".cc", ".hpp"}) {
    for (const SourceFile& file : files_of_tree(ending)) {
      if (const Room* const room = room_of(rooms(), file.path)) ++files[room->folder];
    }
  }
  for (const auto& [folder, count] : files) {
    INFO(folder);
    CHECK(count <= kRoomMax);
  }
}

}  // namespace latesyn::test
