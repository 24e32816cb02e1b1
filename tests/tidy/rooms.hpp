#pragma once
// The table of the house, proxy/rooms.txt: which rooms there are, and which others each may see.

#include <string>
#include <string_view>
#include <vector>

namespace latesyn::test {

struct Room {
  std::string folder;  // "proxy/engine"
  bool pure = true;    // knows neither clocks nor sockets
  std::string about;
  std::vector<std::string> sees;  // folders
};

/// The rows of a table of that form. Throws std::runtime_error where a line has another.
std::vector<Room> rooms_of(std::string_view table);
/// Those of the tree.
const std::vector<Room>& rooms();

/// The room that a file of the tree stands in; null where it stands in none.
const Room* room_of(const std::vector<Room>& house, std::string_view path);

/// What a line includes, in its quotes or brackets; empty where it includes nothing.
std::string_view included(std::string_view line);

/// The rooms by floor: each stands one above the highest that it sees. Throws std::runtime_error
/// where a room sees one that has no row above its own.
std::vector<std::vector<Room>> floors(const std::vector<Room>& house);

}  // namespace latesyn::test
