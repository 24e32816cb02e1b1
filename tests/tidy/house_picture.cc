#include "tests/tidy/house_picture.hpp"

#include <algorithm>
#include <map>
#include <sstream>

namespace latesyn::test {
namespace {

constexpr int kFloor = 96, kBoxHeight = 58, kGap = 16, kMargin = 24;

struct Box {
  int x = 0, y = 0, width = 0;
};
using Boxes = std::map<std::string, Box>;

/// About what a character of either line takes at its size.
int text_width(const Room& room) {
  return static_cast<int>(std::max(room.folder.size() * 9, room.about.size() * 6)) + 20;
}

int row_width(const std::vector<Room>& row) {
  int width = -kGap;
  for (const Room& room : row) width += text_width(room) + kGap;
  return width;
}

int page_width(const std::vector<std::vector<Room>>& floors) {
  int widest = 0;
  for (const auto& row : floors) widest = std::max(widest, row_width(row));
  return widest + 2 * kMargin;
}

Boxes place(const std::vector<std::vector<Room>>& floors) {
  Boxes boxes;
  for (std::size_t floor = 0; floor < floors.size(); ++floor) {
    int x = (page_width(floors) - row_width(floors[floor])) / 2;
    const int y = kMargin + static_cast<int>(floors.size() - 1 - floor) * kFloor;
    for (const Room& room : floors[floor]) {
      boxes[room.folder] = {x, y, text_width(room)};
      x += text_width(room) + kGap;
    }
  }
  return boxes;
}

bool reaches(const std::vector<Room>& house, const std::string& from, const std::string& to) {
  const Room* const room = room_of(house, from + "/");
  return from == to || std::ranges::any_of(room->sees, [&](const std::string& next) {
           return reaches(house, next, to);
         });
}

/// What it sees through no other that it sees.
std::vector<std::string> nearest(const std::vector<Room>& house, const Room& room) {
  std::vector<std::string> out;
  for (const std::string& seen : room.sees) {
    const bool through_another = std::ranges::any_of(room.sees, [&](const std::string& other) {
      return other != seen && reaches(house, other, seen);
    });
    if (!through_another) out.push_back(seen);
  }
  return out;
}

void draw_arrow(std::ostream& out, const Box& from, const Box& to) {
  const int x1 = from.x + from.width / 2, y1 = from.y + kBoxHeight;
  const int x2 = to.x + to.width / 2, y2 = to.y;
  const int bend = (y2 - y1) / 2;
  out << "<path class=\"sees\" d=\"M" << x1 << ' ' << y1 << " C" << x1 << ' ' << y1 + bend << ' '
      << x2 << ' ' << y2 - bend << ' ' << x2 << ' ' << y2 - 2 << "\"/>\n";
}

void draw_room(std::ostream& out, const Room& room, const Box& box) {
  const int middle = box.x + box.width / 2;
  out << "<rect class=\"" << (room.pure ? "pure" : "linux") << "\" x=\"" << box.x << "\" y=\""
      << box.y << "\" width=\"" << box.width << "\" height=\"" << kBoxHeight << "\" rx=\"6\"/>\n"
      << "<text class=\"name\" x=\"" << middle << "\" y=\"" << box.y + 25 << "\">" << room.folder
      << "</text>\n<text x=\"" << middle << "\" y=\"" << box.y + 45 << "\">" << room.about
      << "</text>\n";
}

constexpr std::string_view kStyle =
    "<style>rect{stroke:#334;stroke-width:1.2}.pure{fill:#e3f0e6}.linux{fill:#f3e6d6}"
    "text{font:11px sans-serif;text-anchor:middle;fill:#223}.name{font:bold 14px sans-serif}"
    ".sees{fill:none;stroke:#8895a7;stroke-width:1.1}.page{fill:#fff;stroke:none}</style>\n";

}  // namespace

std::string house_picture(const std::vector<Room>& house) {
  const auto storeys = floors(house);
  const Boxes boxes = place(storeys);
  const int width = page_width(storeys);
  const int height = 2 * kMargin + static_cast<int>(storeys.size() - 1) * kFloor + kBoxHeight + 20;
  std::ostringstream out;
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " << width << ' ' << height
      << "\" role=\"img\">\n<title>The rooms of latesyn, and which others each of them "
         "sees</title>\n"
      << kStyle << "<rect class=\"page\" width=\"" << width << "\" height=\"" << height << "\"/>\n";
  for (const Room& room : house) {
    for (const std::string& seen : nearest(house, room)) {
      draw_arrow(out, boxes.at(room.folder), boxes.at(seen));
    }
  }
  for (const Room& room : house) draw_room(out, room, boxes.at(room.folder));
  out << "<text x=\"" << width / 2 << "\" y=\"" << height - 12
      << "\">green: pure, knows neither clocks nor sockets · brown: knows Linux</text>\n</svg>\n";
  return out.str();
}

}  // namespace latesyn::test
