// Real programs from Debian through each handshake of our own, over both families.

#include <catch2/catch.hpp>
#include <fstream>

#include "proxy/process/command.hpp"
#include "tests/netns/eventually.hpp"
#include "tests/netns/hosts.hpp"
#include "tests/netns/relaying.hpp"

namespace latesyn {
namespace {

using Words = std::vector<std::string>;

/// A server's program on the server's host, at its port 8080.
class Daemon {
 public:
  Daemon(const Router& router, const Words& words)
      : program_(router.network().server(), {words.begin() + 1, words.end()},
                 {.program = find(words[0])}) {
    const auto listens = [&](Family family) {
      return static_cast<bool>(connect_to(router.network().server(), router.server(family)));
    };
    INFO(program_.said() << program_.printed());
    REQUIRE(eventually([&] { return listens(Family::v4) && listens(Family::v6); }));
  }

  std::string said() const { return program_.said() + program_.printed(); }

 private:
  static std::string find(const std::string& name) { return find_program(name).value(); }
  RunningProgram program_;
};

CommandResult run_at(const Namespace& host, const Words& words, const std::string& input = "") {
  const Inside inside(host);
  return run_command(words, input);
}

/// Runs a client in every mode and family. `client` gets the server's address and gives words.
void run_in_every_mode(const Router& router, const std::function<Words(const std::string&)>& client,
                       const std::string& input,
                       const std::function<void(const CommandResult&)>& check) {
  for (const char* const mode : kConnectingModes) {
    const auto latesyn = router.run({router.write("p.toml", mode_text(mode))});
    for (const Family family : {Family::v4, Family::v6}) {
      const auto result =
          run_at(router.network().client(), client(router.server(family).address.text()), input);
      INFO(mode << (family == Family::v4 ? ", IPv4" : ", IPv6") << "\n"
                << result.out << result.error);
      CHECK(result.status == 0);
      check(result);
    }
  }
}

void run_in_every_mode(const Router& router, const std::function<Words(const std::string&)>& client,
                       const std::string& input, const std::string& printed) {
  run_in_every_mode(router, client, input,
                    [&](const CommandResult& result) { CHECK(result.out == printed); });
}

/// Programs that refuse to be root are somebody else in a user namespace, where root's files are
/// theirs.
Words as_nobody(Words words) {
  words.insert(words.begin(), {"unshare", "--user", "--map-user=nobody", "--"});
  return words;
}

/// A self-signed certificate and its key.
void make_certificate(const Router& router) {
  REQUIRE(run_command({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                       "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=server",
                       "-keyout", router.path("key"), "-out", router.path("certificate")})
              .ok());
}

std::string https_config(const Router& router) {
  std::string text = "daemon off; pid " + router.path("pid") +
                     "; error_log stderr; events {}\nhttp { access_log off;\n";
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    text += std::string(kind) + "_temp_path " + router.path(kind) + ";\n";
  }
  return text + "server { listen 8080 ssl; listen [::]:8080 ssl; ssl_certificate " +
         router.path("certificate") + "; ssl_certificate_key " + router.path("key") +
         "; return 200 \"hello from nginx\\n\"; } }\n";
}

}  // namespace

TEST_CASE("curl asks nginx over TLS in every mode") {
  const Router router;
  make_certificate(router);
  const Daemon nginx(router, {"nginx", "-c", router.write("nginx.conf", https_config(router))});
  run_in_every_mode(
      router,
      [](const std::string& server) {
        const bool v6 = server.find(':') != std::string::npos;
        return Words{"curl", "--silent", "--show-error", "--insecure",
                     "https://" + (v6 ? "[" + server + "]" : server) + ":8080/"};
      },
      "", "hello from nginx\n");
}

TEST_CASE("TLS ends with its close_notify, or with its alert, in every mode") {
  const Router router;
  make_certificate(router);
  const Daemon server(router, {"openssl", "s_server", "-accept", "8080", "-www", "-cert",
                               router.path("certificate"), "-key", router.path("key")});
  const auto words = [&](const std::string& address) {
    const bool v6 = address.find(':') != std::string::npos;
    return Words{"openssl",
                 "s_client",
                 "-connect",
                 (v6 ? "[" + address + "]" : address) + ":8080",
                 "-verify_return_error",
                 "-msg",
                 "-ign_eof"};
  };
  const auto trusting = [&](const std::string& address) {
    Words all = words(address);
    all.insert(all.end(), {"-CAfile", router.path("certificate")});
    return all;
  };
  run_in_every_mode(router, trusting, "GET / HTTP/1.0\r\n\r\n", [](const CommandResult& result) {
    CHECK_THAT(result.out, Catch::Contains("HTTP/1.0 200 ok"));
    CHECK_THAT(result.out,
               Catch::Contains("<<< TLS 1.3, Alert [length 0002], warning close_notify"));
    CHECK_THAT(result.out,
               Catch::Contains(">>> TLS 1.3, Alert [length 0002], warning close_notify"));
  });
  const auto latesyn = router.run({router.write("p.toml", mode_text(kShifted))});
  const auto refused = run_at(router.network().client(), words(router.server().address.text()));
  CHECK(refused.status == 1);
  CHECK_THAT(refused.out, Catch::Contains(">>> TLS 1.3, Alert [length 0002], fatal unknown_ca"));
  CHECK(eventually([&] { return server.said().find("alert unknown ca") != std::string::npos; }));
}

TEST_CASE("redis-cli asks redis-server in every mode") {
  const Router router;
  const Daemon redis(router, {"redis-server", "--port", "8080", "--bind", "0.0.0.0", "::", "--save",
                              "", "--protected-mode", "no", "--dir", router.path("")});
  run_in_every_mode(
      router,
      [](const std::string& server) {
        return Words{"redis-cli", "-h", server, "-p", "8080"};
      },
      "set name value\nget name\nincr count\ndel count\n", "OK\nvalue\n1\n1\n");
}

TEST_CASE("psql asks PostgreSQL in every mode") {
  const Router router;
  const std::string programs = "/usr/lib/postgresql/15/bin/";
  const auto made = run_command(as_nobody({programs + "initdb", "-D", router.path("data"), "-A",
                                           "trust", "-U", "postgres", "--no-sync"}));
  INFO(made.error);
  REQUIRE(made.ok());
  std::ofstream(router.path("data/pg_hba.conf")) << "host all all all trust\n";
  const Daemon postgres(router, as_nobody({programs + "postgres", "-D", router.path("data"), "-c",
                                           "listen_addresses=*", "-c", "port=8080", "-c",
                                           "fsync=off", "-c", "unix_socket_directories="}));
  run_in_every_mode(
      router,
      [](const std::string& server) {
        return Words{"psql",
                     "-h",
                     server,
                     "-p",
                     "8080",
                     "-U",
                     "postgres",
                     "-Atc",
                     "select count(*), sum(n) from "
                     "generate_series(1, 100000) n"};
      },
      "", "100000|5000050000\n");
}

TEST_CASE("sftp puts a file through ssh in every mode") {
  const Router router;
  REQUIRE(
      run_command({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", router.path("key")}).ok());
  const Daemon sshd(router, as_nobody({find_program("sshd").value(),
                                       "-D",
                                       "-e",
                                       "-f",
                                       "/dev/null",
                                       "-o",
                                       "Port=8080",
                                       "-o",
                                       "HostKey=" + router.path("key"),
                                       "-o",
                                       "AuthorizedKeysFile=" + router.path("key.pub"),
                                       "-o",
                                       "StrictModes=no",
                                       "-o",
                                       "UsePAM=no",
                                       "-o",
                                       "PidFile=none",
                                       "-o",
                                       "ForceCommand=internal-sftp",
                                       "-o",
                                       "Subsystem=sftp internal-sftp"}));
  const std::string text(1'000'000, 'x');
  router.write("there", text);
  run_in_every_mode(
      router,
      [&](const std::string& server) {
        const bool v6 = server.find(':') != std::string::npos;
        return Words{"sftp",
                     "-q",
                     "-F",
                     "none",
                     "-i",
                     router.path("key"),
                     "-P",
                     "8080",
                     "-b",
                     "-",
                     "-o",
                     "StrictHostKeyChecking=no",
                     "-o",
                     "UserKnownHostsFile=/dev/null",
                     "-o",
                     "LogLevel=ERROR",
                     "nobody@" + (v6 ? "[" + server + "]" : server)};
      },
      "put " + router.path("there") + " " + router.path("back") + "\n",
      [&](const CommandResult&) {
        std::ifstream file(router.path("back"));
        const std::string back{std::istreambuf_iterator<char>(file), {}};
        CHECK(back.size() == text.size());
        CHECK(back == text);
        file.close();
        std::remove(router.path("back").c_str());
      });
}

TEST_CASE("iperf3 measures both ways in every mode") {
  const Router router;
  const Daemon server(router, {"iperf3", "-s", "-p", "8080"});
  run_in_every_mode(
      router,
      [](const std::string& address) {
        return Words{"iperf3", "-c", address, "-p", "8080", "--bidir", "-n", "2M", "-J"};
      },
      "",
      [](const CommandResult& result) {
        const auto report = nlohmann::json::parse(result.out);
        const auto there = report["end"]["sum_sent"]["bytes"].get<std::uint64_t>(),
                   back = report["end"]["sum_sent_bidir_reverse"]["bytes"].get<std::uint64_t>();
        // It ends with the first of the two that is done.
        CHECK(std::max(there, back) >= 2'000'000);
        CHECK(std::min(there, back) > 0);
      });
}

}  // namespace latesyn
