// The engine where somebody steers it: what is about held departures is an errand; a rule is
// switched, and a flow reset, at once.

#include <fmt/format.h>

#include "proxy/engine/engine_state.hpp"
#include "proxy/packet/segment_spec.hpp"

namespace latesyn {
namespace {

constexpr std::string_view kNotOpen = "no open connection of that flow is known";
constexpr std::string_view kUnseen =
    "its data go by unseen, so no end would believe a reset; a rule about data makes them seen";

/// What makes `to` give up a connection of which that is known: with the number that it expects
/// next (RFC 5961 section 3.2), or, while it waits for the answer to its SYN, in answer to that
/// (RFC 9293 section 3.10.7.3). None where nothing of the connection has reached it.
std::optional<SegmentSpec> reset_for(Side to, const FlowKey& flow, const Incarnation& life) {
  const auto [source, target] = to == Side::server ? std::pair(flow.client, flow.server)
                                                   : std::pair(flow.server, flow.client);
  SegmentSpec rst{.from = source, .to = target, .flags = {.rst = true}};
  if (const auto expected = life.expected_of(other(to))) {
    rst.seq = *expected;
    return rst;
  }
  if (to == Side::server) return std::nullopt;
  rst.flags.ack = true;
  rst.ack = life.client_isn() + 1;
  return rst;
}

}  // namespace

void Engine::State::obey(Time now, Errand& errand, Actions& out) {
  if (const auto* command = std::get_if<SwitchRule>(&errand.command_)) {
    errand.reply_.refusal = switch_rule(*command, now, out);
  } else if (const auto* reset = std::get_if<ResetFlow>(&errand.command_)) {
    errand.reply_.refusal = reset_flow(*reset, now, out);
  } else {
    return errands_.obey(now, errand, out);
  }
  errand.stage_ = Errand::Stage::done;
}

std::string Engine::State::switch_rule(const SwitchRule& command, Time now, Actions& out) {
  if (!rules.switch_rule(command.rule, command.on)) return no_rule(command.rule);
  // Of several engines that do the same, one says so.
  if (place_.worker == 0) out.emplace_back(Switched{now, command.rule, command.on});
  return "";
}

/// Returns why it can't be done.
std::string Engine::State::reset_flow(const ResetFlow& command, Time now, Actions& out) {
  Flow* const flow = flows_.find(command.flow.client, command.flow.server);
  if (flow == nullptr) return std::string(kNotOpen);
  const Connection& connection = flow->connection;
  // Who only claims the ports has no connection yet.
  const bool contested = connection.contested();
  const auto life = contested ? std::optional(*connection.previous()) : connection.current();
  if (!life || life->closed()) return std::string(kNotOpen);
  if (life->partly_seen()) return std::string(kUnseen);
  const std::uint32_t number = contested ? connection.previous_number() : connection.number();
  for (const Side to : {Side::server, Side::client}) {
    const auto rst = reset_for(to, connection.flow(), *life);
    if (!rst) continue;
    Departure departure{.packet = build(*rst), .to = to, .origin = Origin::forged};
    const Segment cause{.flow = connection.flow(), .from = other(to), .connection = number};
    send(*flow, {std::move(departure), cause, now, outbox_.number(1)}, true, now, out);
  }
  return "";
}

}  // namespace latesyn
