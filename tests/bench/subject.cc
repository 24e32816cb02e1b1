#include "tests/bench/subject.hpp"

#include <fmt/format.h>

#include "tests/netns/eventually.hpp"

namespace latesyn::bench {
namespace {

constexpr const char* kSelf = "/proc/self/exe";

Standing listening(const Bed& bed, std::unique_ptr<RunningProgram> program, std::uint16_t port) {
  if (!listens(bed.network().router(), port)) {
    throw std::runtime_error("could not start a proxy: " + program->said());
  }
  return {std::move(program), std::string(kRouter)};
}

Standing stand_accept_all(const Bed& bed, std::uint16_t) {
  Standing standing{bed.start(bed.network().router(), {kSelf, "accept-all"})};
  if (!standing.program->says("ready")) {
    throw std::runtime_error("could not start the accept-all loop: " + standing.program->said());
  }
  bed.run(bed.network().router(), {"iptables-restore"},
          "*raw\n-A PREROUTING -p tcp -j NFQUEUE --queue-num 1\nCOMMIT\n");
  return standing;
}

Standing stand_synproxy(const Bed& bed, std::uint16_t) {
  bed.run(bed.network().router(), {"iptables-restore"},
          "*raw\n-A PREROUTING -p tcp --syn -j CT --notrack\nCOMMIT\n"
          "*filter\n-A FORWARD -p tcp -m conntrack --ctstate INVALID,UNTRACKED -j SYNPROXY "
          "--sack-perm --wscale 7 --mss 1460\n"
          "-A FORWARD -m conntrack --ctstate INVALID -j DROP\nCOMMIT\n");
  // An entry that is kept for TIME-WAIT shifts the cookie of the next connection from its port, and
  // SYNPROXY then finds the client's ACK invalid: all of wrk's connections hung at 7,500 so.
  bed.run(bed.network().router(), {"sysctl", "-qw", "net.netfilter.nf_conntrack_tcp_loose=0",
                                   "net.netfilter.nf_conntrack_tcp_timeout_time_wait=0"});
  return {};
}

Standing stand_haproxy(const Bed& bed, std::uint16_t port) {
  const auto config =
      bed.write("haproxy.cfg",
                fmt::format("global\n  maxconn 8000\n"
                            "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 60s\n"
                            "  timeout server 60s\n"
                            "listen bench\n  bind {0}:{1} backlog 65535\n  server s {2}:{1}\n",
                            kRouter, port, kServer));
  return listening(bed, bed.start(bed.network().router(), {"haproxy", "-db", "-f", config}), port);
}

Standing stand_nginx(const Bed& bed, std::uint16_t port) {
  const auto config = bed.write(
      "stream.conf",
      fmt::format("load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n"
                  "daemon off; pid {0}; error_log /dev/null; worker_processes auto;\n"
                  "events {{ worker_connections 16000; }}\n"
                  "stream {{ server {{ listen {1}:{2} backlog=65535; proxy_pass {3}:{2}; }} }}\n",
                  bed.path("stream.pid"), kRouter, port, kServer));
  return listening(bed, bed.start(bed.network().router(), {"nginx", "-c", config}), port);
}

Standing stand_token_bucket(const Bed& bed, std::uint16_t) {
  bed.run(bed.network().router(),
          {"tc", "qdisc", "add", "dev", "server", "root", "tbf", "rate",
           fmt::format("{:.0f}bit", kShapedBits), "burst", "2000", "latency", "200ms"});
  return {};
}

Standing stand_peer(const Bed& bed, std::uint16_t port, const std::string& command) {
  ProgramSettings settings;
  settings.program = "/bin/sh";
  settings.environment = {{"LATESYN_SERVER", fmt::format("{}:{}", kServer, port)},
                          {"LATESYN_LISTEN", fmt::format("{}:{}", kRouter, port)}};
  auto program = std::make_unique<RunningProgram>(
      bed.network().router(), std::vector<std::string>{"-c", "exec " + command}, settings);
  const bool connected_to = listens(bed.network().router(), port);
  return {std::move(program), std::string(connected_to ? kRouter : kServer)};
}

Standing stand_latesyn(const Bed& bed, const std::string& policy,
                       const std::vector<std::string>& arguments) {
  const auto file = bed.write(
      "policy.toml", fmt::format("about = \"Measured.\"\n[traffic]\nservers = [\"{}:{}-{}\"]\n{}",
                                 kServer, kFirstPort, kLastPort, policy));
  std::vector<std::string> words{"run", file, "--json", bed.path("report"), "--seed", "1"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  Standing standing{std::make_unique<RunningProgram>(bed.network().router(), words)};
  if (!standing.program->says("seed ")) {
    throw std::runtime_error("could not start latesyn: " + standing.program->said());
  }
  return standing;
}

}  // namespace

Subject no_queue() {
  return {"no queue", [](const Bed&, std::uint16_t) { return Standing{}; }};
}
Subject accept_all() { return {"accept-all queue", stand_accept_all}; }
Subject synproxy() { return {"SYNPROXY", stand_synproxy}; }
Subject haproxy() { return {"HAProxy", stand_haproxy}; }
Subject nginx_stream() { return {"nginx stream", stand_nginx}; }

Subject token_bucket() { return {"tc tbf", stand_token_bucket}; }

Subject peer(const std::string& name, const std::string& command) {
  return {name,
          [command](const Bed& bed, std::uint16_t port) { return stand_peer(bed, port, command); }};
}

Subject latesyn_with(const std::string& name, const std::string& policy,
                     const std::vector<std::string>& arguments) {
  return {name, [policy, arguments](const Bed& bed, std::uint16_t) {
            return stand_latesyn(bed, policy, arguments);
          }};
}

// Armed for one connection that does not come up: what is measured is the cost of looking.
std::string stale_syn_policy() {
  return "[[rule]]\nname = \"stuck\"\n"
         "when = { segment = \"syn\", copy = 1, connection = 4000000000 }\n"
         "do = \"hold\"\nuntil = \"closed\"\nafter = \"2s\"\n";
}

std::string syn_rule_policy() {
  return "[[rule]]\nwhen = { segment = \"syn\", connection = 4000000000 }\ndo = \"drop\"\n";
}

std::string every_segment_policy() { return "[[rule]]\ndo = \"delay\"\nby = \"0s\"\n"; }

std::string rate_policy() {
  return fmt::format(
      "[[rule]]\nwhen = {{ direction = \"to-server\" }}\ndo = \"rate\"\nto = \"{:.0f}bit/s\"\n"
      "queue = \"200ms\"\noverhead = 14\n",
      kShapedBits);
}

std::string handshake_policy(const std::string& mode, const std::string& translate) {
  return fmt::format("handshake = \"{}\"\ntranslate = \"{}\"\n", mode, translate);
}

}  // namespace latesyn::bench
