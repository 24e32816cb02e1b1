#include "proxy/lab/ends/endpoint.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <nlohmann/json.hpp>

namespace latesyn {
namespace {

/// A thousand connections need more descriptors than a shell usually allows.
void allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);  // else a later accept() or socket() tells
}

nlohmann::json to_json(const Endpoint& endpoint) {
  return {{"address", endpoint.address.text()}, {"port", endpoint.port}};
}
Endpoint endpoint_of(const nlohmann::json& json) {
  return {IpAddress::parse(json.at("address").get<std::string>()).value(),
          json.at("port").get<std::uint16_t>()};
}

constexpr char kClientCloses = 'c', kServerCloses = 's';

}  // namespace

std::string to_argument(const EndpointTask& task) {
  return nlohmann::json{{"role", task.role},
                        {"server", to_json(task.server)},
                        {"client", to_json(task.client)},
                        {"follows_steps", task.follows_steps},
                        {"closer", task.closer},
                        {"connections", task.connections},
                        {"at_once", task.at_once},
                        {"message_size", task.message_size}}
      .dump();
}

EndpointTask parse_endpoint_task(const std::string& argument) {
  const auto json = nlohmann::json::parse(argument);
  return {.role = json.at("role").get<Side>(),
          .server = endpoint_of(json.at("server")),
          .client = endpoint_of(json.at("client")),
          .follows_steps = json.at("follows_steps").get<bool>(),
          .closer = json.at("closer").get<Closer>(),
          .connections = json.at("connections").get<std::uint32_t>(),
          .at_once = json.at("at_once").get<std::uint32_t>(),
          .message_size = json.at("message_size").get<std::uint32_t>()};
}

int run_endpoint(const EndpointTask& task) {
  allow_many_descriptors();
  if (task.follows_steps) return run_steps(task);
  if (task.role == Side::client) return run_client(task);
  run_server(task);
}

std::string message_of(const EndpointTask& task, std::uint32_t connection) {
  std::string message(1, task.closer == Closer::server ? kServerCloses : kClientCloses);
  message += fmt::format("{:04}", connection);
  message.resize(task.message_size, '.');
  return message;
}

bool server_closes(char first) { return first == kServerCloses; }

}  // namespace latesyn
