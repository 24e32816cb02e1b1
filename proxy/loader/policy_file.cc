#include "proxy/loader/policy_file.hpp"

#include <fmt/format.h>

#include <fstream>

#include "proxy/loader/policy_sections.hpp"

namespace latesyn {
namespace {

constexpr std::uintmax_t kSizeMax = 1024 * 1024;

[[noreturn]] void fail_to_read(const std::filesystem::path& file, std::string_view why) {
  throw PolicyError(fmt::format("{}: cannot read this policy: {}", file.string(), why));
}

void check_size(std::string_view name, std::uintmax_t size) {
  if (size > kSizeMax) {
    throw PolicyError(
        fmt::format("{}: this policy has {} bytes; at most {} are allowed", name, size, kSizeMax));
  }
}

std::string read_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    fail_to_read(file, "no such file; policies/ has examples");
  }
  if (error) fail_to_read(file, error.message());
  if (!std::filesystem::is_regular_file(status)) {
    fail_to_read(file, "it is a directory or a device; name a file");
  }
  const auto size = std::filesystem::file_size(file, error);
  if (error) fail_to_read(file, error.message());
  check_size(file.string(), size);
  std::ifstream in(file, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  if (!in) fail_to_read(file, fmt::format("no permission; try: chmod a+r '{}'", file.string()));
  in.read(text.data(), static_cast<std::streamsize>(size));
  if (in.gcount() != static_cast<std::streamsize>(size)) {
    fail_to_read(file, "it ended early; was it being written?");
  }
  return text;
}

Policy read_policy(DocumentTable& top, std::string_view name) {
  Policy policy;
  policy.file = name;
  policy.about = top.at("about", "about = \"The first SYN is lost.\"")
                     .text("a sentence in quotes that says what the policy is about");
  if (const auto source = top.find("source")) {
    policy.source = source->text("where the scenario comes from: \"RFC 9293, figure 8\"");
  }
  if (const auto section = top.find("traffic")) policy.traffic = read_traffic(*section);
  if (const auto section = top.find("limits")) policy.limits = read_limits(*section);
  if (const auto section = top.find("rule")) policy.rules = read_rules(*section);
  if (const auto section = top.find("replay")) {
    policy.replays = read_replays(*section, policy.rules);
  }
  if (const auto section = top.find("expect")) {
    policy.expectations = read_expectations(*section, policy.rules, policy.replays);
  }
  if (const auto section = top.find("lab")) {
    policy.lab = read_lab(*section, policy.rules);
  }
  if (const auto section = top.find("example")) policy.example = read_example(*section);
  top.refuse_unread();
  return policy;
}

}  // namespace

bool is_policy(const std::filesystem::path& file) {
  return file.extension() == ".toml" || is_json(file.string());
}

Policy load_policy(const std::filesystem::path& file) {
  return parse_policy(read_file(file), file.string());
}

Policy parse_policy(std::string_view text, std::string_view name) {
  check_size(name, text.size());
  const DocumentNode document = parse_document(text, name);
  DocumentTable top(name, "the policy", document);
  return read_policy(top, name);
}

}  // namespace latesyn
