#include "proxy/lab/conversations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace latesyn {

Conversations::Heard Conversations::hear(const std::string& line) {
  const auto told = nlohmann::json::parse(line);
  if (told.contains("accepted")) ++tallies_.accepted;
  if (told.contains("served")) ++tallies_.served;
  if (told.contains("step")) return {.step = told.at("step").get<std::string>()};
  if (!told.contains("connection")) return {.asks = told.contains("asks")};
  const auto problem = told.at("problem").get<std::string>();
  if (problem.empty()) {
    ++intact_;
    connect_s_.push_back(told.at("connect_s").get<double>());
  } else {
    tallies_.problems.push_back(
        fmt::format("connection {}: {}", told.at("connection").get<std::uint32_t>(), problem));
  }
  return {};
}

Exchanges Conversations::exchanges(std::uint32_t wanted) const {
  return {.count = wanted, .intact = intact_, .connect_s = connect_s_};
}

std::uint32_t message_size(const std::vector<FigureLine>& example) {
  constexpr std::uint32_t kUsual = 10;
  const auto data = std::ranges::find_if(example, [](const FigureLine& line) {
    return line.from == Side::client && line.payload_size != 0;
  });
  return data == example.end() ? kUsual : data->payload_size;
}

}  // namespace latesyn
