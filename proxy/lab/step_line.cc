// A step on its way from the lab to the end that shall do it: a line of JSON.

#include <nlohmann/json.hpp>

#include "proxy/lab/ends/endpoint.hpp"

namespace latesyn {

std::string to_line(const LabStep& s) {
  return nlohmann::json{{"verb", s.verb},
                        {"ports", {s.port, s.from, s.to}},
                        {"bytes", s.bytes},
                        {"connection", s.connection},
                        {"backlog", s.backlog},
                        {"fast_open", s.fast_open},
                        {"receive_buffer", s.receive_buffer},
                        {"durations", {s.defer.count(), s.after.count(), s.every.count()}},
                        {"times", s.times},
                        {"mptcp", s.mptcp},
                        {"result", s.result}}
      .dump();
}

LabStep parse_step_line(const std::string& line) {
  const auto json = nlohmann::json::parse(line);
  LabStep step;
  step.verb = json.at("verb").get<StepVerb>();
  step.port = json.at("ports").at(0).get<std::uint16_t>();
  step.from = json.at("ports").at(1).get<std::uint16_t>();
  step.to = json.at("ports").at(2).get<std::uint16_t>();
  step.bytes = json.at("bytes").get<std::uint32_t>();
  step.connection = json.at("connection").get<std::uint32_t>();
  step.backlog = json.at("backlog").get<std::uint32_t>();
  step.fast_open = json.at("fast_open").get<std::uint32_t>();
  step.receive_buffer = json.at("receive_buffer").get<std::uint32_t>();
  step.defer = Duration(json.at("durations").at(0).get<std::int64_t>());
  step.after = Duration(json.at("durations").at(1).get<std::int64_t>());
  step.every = Duration(json.at("durations").at(2).get<std::int64_t>());
  step.mptcp = json.at("mptcp").get<bool>();
  step.times = json.at("times").get<std::uint32_t>();
  step.result = json.at("result").get<std::string>();
  return step;
}

}  // namespace latesyn
