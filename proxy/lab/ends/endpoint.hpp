#pragma once
// The lab's built-in server and client: an echo conversation between plain blocking sockets, or
// what the lab tells them step by step. They are programs of their own, in their hosts' namespaces,
// and tell the lab on a descriptor what they see, a JSON object a line.

#include <string>

#include "proxy/policy/policy.hpp"

namespace latesyn {

/// What one of the two shall do.
struct EndpointTask {
  Side role = Side::server;
  Endpoint server, client;
  /// Does what it is told to instead, until its end.
  bool follows_steps = false;
  Closer closer = Closer::client;
  std::uint32_t connections = 1, at_once = 1;
  /// Bytes of the message that is echoed, from 1.
  std::uint32_t message_size = 5;
};

/// As the one argument of `latesyn endpoint`, and back. Reading throws for what is no such task.
std::string to_argument(const EndpointTask& task);
EndpointTask parse_endpoint_task(const std::string& argument);

/// Where an endpoint tells what it sees, and where it is told that it may go on.
inline constexpr int kTellDescriptor = 3, kGoDescriptor = 0;

/// Does it, and returns the exit status: 0, or 1 where a conversation failed. A server ends only by
/// a signal.
int run_endpoint(const EndpointTask& task);

/// The two halves of run_endpoint(). Throw std::runtime_error where they can't begin.
int run_client(const EndpointTask& task);
[[noreturn]] void run_server(const EndpointTask& task);

/// Does one step after the other, as told on kGoDescriptor, a line each (to_line()), and tells what
/// each came to: {"step": "ECONNREFUSED"}.
int run_steps(const EndpointTask& task);
/// A step for that, and back.
std::string to_line(const LabStep& step);
LabStep parse_step_line(const std::string& line);

/// The message of one connection. Its first byte tells the server who closes first; the rest tells
/// it from other connections' messages.
std::string message_of(const EndpointTask& task, std::uint32_t connection);
/// True where the server closes first, by the first byte of a message.
bool server_closes(char first);

}  // namespace latesyn
