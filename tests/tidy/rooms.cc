#include "tests/tidy/rooms.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace latesyn::test {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

Room room_of_row(const std::string& row) {
  std::istringstream columns(row);
  std::string folder, world, about, sees;
  std::getline(columns, folder, '|');
  std::getline(columns, world, '|');
  std::getline(columns, about, '|');
  std::getline(columns, sees, '|');
  world = trimmed(world);
  if (world != "pure" && world != "linux") throw std::runtime_error("not a row: " + row);
  Room room{trimmed(folder), world == "pure", trimmed(about), {}};
  std::istringstream words(sees);
  for (std::string word; words >> word;) room.sees.push_back(word);
  return room;
}

}  // namespace

std::vector<Room> rooms_of(std::string_view table) {
  std::vector<Room> house;
  std::istringstream lines{std::string(table)};
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.front() != '#') house.push_back(room_of_row(line));
  }
  return house;
}

const std::vector<Room>& rooms() {
  static const std::vector<Room> kHouse = [] {
    std::ostringstream text;
    text << std::ifstream(LATESYN_SOURCE "/proxy/rooms.txt").rdbuf();
    return rooms_of(text.str());
  }();
  return kHouse;
}

const Room* room_of(const std::vector<Room>& house, std::string_view path) {
  const auto folder = path.substr(0, path.find_last_of('/'));
  const auto found = std::ranges::find(house, folder, &Room::folder);
  return found == house.end() ? nullptr : &*found;
}

std::string_view included(std::string_view line) {
  constexpr std::string_view kInclude = "#include ";
  if (!line.starts_with(kInclude)) return {};
  line.remove_prefix(kInclude.size() + 1);
  return line.substr(0, line.find_first_of(">\""));
}

std::vector<std::vector<Room>> floors(const std::vector<Room>& house) {
  std::map<std::string, std::size_t> floor_of;
  std::vector<std::vector<Room>> floors;
  for (const Room& room : house) {
    std::size_t floor = 0;
    for (const std::string& seen : room.sees) {
      const auto below = floor_of.find(seen);
      if (below == floor_of.end()) {
        throw std::runtime_error(room.folder + " sees " + seen + ", which does not stand above it");
      }
      floor = std::max(floor, below->second + 1);
    }
    floor_of[room.folder] = floor;
    if (floors.size() <= floor) floors.resize(floor + 1);
    floors[floor].push_back(room);
  }
  return floors;
}

}  // namespace latesyn::test
