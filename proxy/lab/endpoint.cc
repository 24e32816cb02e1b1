#include "proxy/lab/endpoint.hpp"

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

constexpr char kClientCloses = 'c', kServerCloses = 's';

}  // namespace

std::string to_argument(const EndpointTask& task) {
  return nlohmann::json{{"role", task.role},
                        {"address", task.server.address.text()},
                        {"port", task.server.port},
                        {"closer", task.closer},
                        {"connections", task.connections},
                        {"at_once", task.at_once},
                        {"message_size", task.message_size}}
      .dump();
}

EndpointTask parse_endpoint_task(const std::string& argument) {
  const auto json = nlohmann::json::parse(argument);
  return {.role = json.at("role").get<Side>(),
          .server = {IpAddress::parse(json.at("address").get<std::string>()).value(),
                     json.at("port").get<std::uint16_t>()},
          .closer = json.at("closer").get<Closer>(),
          .connections = json.at("connections").get<std::uint32_t>(),
          .at_once = json.at("at_once").get<std::uint32_t>(),
          .message_size = json.at("message_size").get<std::uint32_t>()};
}

int run_endpoint(const EndpointTask& task) {
  allow_many_descriptors();
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
