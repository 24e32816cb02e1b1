#include "tests/netns/lab_run.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>

#include "proxy/linux/system_error.hpp"

namespace latesyn {
namespace {

std::filesystem::path make_folder() {
  std::string path = (std::filesystem::temp_directory_path() / "latesyn-lab-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) throw system_error("make a folder");
  std::filesystem::permissions(path, std::filesystem::perms::all);
  return path;
}

std::string row_text(const nlohmann::json& row) {
  static const std::map<std::string, std::array<std::string, 2>> forms{
      {"through A", {"-->", "-->"}}, {"through B", {"<--", "<--"}},  {"stuck A", {"-->", "..."}},
      {"stuck B", {"...", "<--"}},   {"arriving A", {"...", "-->"}}, {"arriving B", {"<--", "..."}},
      {"lost A", {"-->", "XXX"}},    {"lost B", {"XXX", "<--"}},     {"forged A", {"P->", "-->"}},
      {"forged B", {"<--", "<-P"}},  {"ended A", {"-->", "->P"}},    {"ended B", {"P<-", "<--"}},
      {"release A", {"", ""}}};
  const auto text = [&row](const char* key) { return row.at(key).get<std::string>(); };
  const auto& [left, right] = forms.at(text("way") + " " + text("from"));
  return text("a") + " " + left + " " + text("segment") + " " + right + " " + text("b");
}

Rows rows(const nlohmann::json& report, std::size_t flow, bool added_too) {
  Rows all;
  for (const auto& row : report.at("ladder").at(flow).at("rows")) {
    if (added_too || !row.at("added").get<bool>()) all.push_back(row_text(row));
  }
  return all;
}

std::vector<std::string> with(std::vector<std::string> arguments, const std::string& more) {
  arguments.push_back(more);
  return arguments;
}

}  // namespace

Folder::Folder() : path_(make_folder()) {}
Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name)) << text;
  return path(name);
}

std::string Folder::text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

LabRun::LabRun(std::vector<std::string> arguments, const ProgramSettings& settings) {
  arguments.insert(arguments.begin(), "lab");
  arguments.insert(arguments.end(), {"--json", folder_.path("report.json")});
  program_ = std::make_unique<RunningProgram>(Namespace::current(), arguments, settings);
}

int LabRun::status() { return program_->wait(std::chrono::minutes(2)); }

const nlohmann::json& LabRun::json() {
  if (json_.is_null()) {
    status();
    INFO(said());
    const std::string text = folder_.read("report.json");
    REQUIRE(!text.empty());
    json_ = nlohmann::json::parse(text);
  }
  return json_;
}

BothFamilies::BothFamilies(const std::vector<std::string>& arguments)
    : v4(std::make_unique<LabRun>(with(arguments, "-4"))),
      v6(std::make_unique<LabRun>(with(arguments, "-6"))) {}

Rows all_rows(const nlohmann::json& report, std::size_t flow) { return rows(report, flow, true); }
Rows example_rows(const nlohmann::json& report, std::size_t flow) {
  return rows(report, flow, false);
}

std::string last_states(const nlohmann::json& report, std::size_t flow) {
  const auto& end = report.at("ladder").at(flow).at("end");
  return end.at("a").at("state").get<std::string>() + " " +
         end.at("b").at("state").get<std::string>();
}

double median(std::vector<double> values) {
  REQUIRE(!values.empty());
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace latesyn
