#include "tests/netns/relaying.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <future>

#include "tests/netns/bulk.hpp"
#include "tests/netns/hosts.hpp"

namespace latesyn {

std::string mode_text(const std::string& settings, const std::string& rules) {
  return fmt::format(
      "about = \"test\"\n[traffic]\nservers = [\"10.2.0.2:8080\", \"[fd00:2::2]:8080\"]\n{}\n{}",
      settings, rules);
}

Relaying::Relaying(const std::string& policy, const std::vector<std::string>& arguments) {
  std::vector<std::string> all{router_.write("p.toml", policy), "--json", router_.path("report")};
  all.insert(all.end(), arguments.begin(), arguments.end());
  program_ = router_.run(all);
}

nlohmann::json Relaying::stop() {
  program_->send(SIGINT);
  INFO(program_->said());
  CHECK(program_->wait() == 0);
  return router_.read_json("report");
}

std::pair<std::uint64_t, std::uint64_t> transfer(const Router& router, Family family,
                                                 std::uint64_t size) {
  std::promise<std::uint64_t> at_server;
  const Server server(router.network().server(), router.server(family), [&](int connection) {
    at_server.set_value(receive_bulk(connection));
    send_bulk(connection, size);
  });
  const Descriptor connection = connect_to(router.network().client(), router.server(family));
  REQUIRE(connection);
  CHECK(send_bulk(connection.get(), size));
  ::shutdown(connection.get(), SHUT_WR);
  const std::uint64_t at_client = receive_bulk(connection.get());
  return {at_server.get_future().get(), at_client};
}

}  // namespace latesyn
