#include "tests/netns/torture/talk.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "proxy/lab/ends/endpoint_sockets.hpp"
#include "proxy/linux/system_error.hpp"
#include "tests/netns/bulk.hpp"

namespace latesyn::torture {
namespace {

/// Where the byte at `at` of a connection stands in the endless stream: each begins elsewhere.
std::uint64_t place(std::uint64_t number, std::uint64_t at) { return number * 7919 + at; }

/// The address that the kernel has chosen, with its port.
Endpoint own_end(int fd, Family family) {
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  void* const address = &own;
  ::getsockname(fd, static_cast<sockaddr*>(address), &size);
  const auto bytes = std::as_bytes(std::span(&own, 1));
  // Both families have the port at the same place.
  const auto port = std::to_integer<unsigned>(bytes[2]) << 8U | std::to_integer<unsigned>(bytes[3]);
  return {IpAddress::from_bytes(family == Family::v4 ? bytes.subspan(4, 4) : bytes.subspan(8, 16)),
          static_cast<std::uint16_t>(port)};
}

bool would_wait(int error) { return error == EAGAIN || error == EINPROGRESS || error == EINTR; }

}  // namespace

Talk::Talk(const TalkPlan& plan) : plan_(plan), began_(Clock::now()), moved_(began_) {
  const Family family = plan.server.address.family();
  fd_ = Descriptor(::socket(family == Family::v4 ? AF_INET : AF_INET6,
                            SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const SocketAddress address(plan.server);
  if (!fd_ || (::connect(fd_.get(), address.get(), address.size) != 0 && !would_wait(errno))) {
    throw system_error("begin a connection");
  }
  flow_ = {own_end(fd_.get(), family), plan.server};
}

std::optional<End> Talk::go_on(Clock::time_point now) {
  if (stage_ == Stage::connecting) {
    if (const auto end = connect()) return end;
    if (stage_ == Stage::connecting) return {};
    moved_ = now;
  }
  if (const auto end = hear(now)) return end;
  if (stage_ != Stage::talking || echoed_ < asked_) return say(now);
  return asked_ != 0 && now - began_ >= plan_.length ? close(now) : say(now);
}

std::optional<End> Talk::connect() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return broken(error);
  sockaddr_storage peer{};
  socklen_t peer_size = sizeof peer;
  void* const address = &peer;
  const bool connected = ::getpeername(fd_.get(), static_cast<sockaddr*>(address), &peer_size) == 0;
  if (connected) stage_ = Stage::talking;
  return {};
}

std::optional<End> Talk::say(Clock::time_point now) {
  if (stage_ != Stage::talking) return {};
  if (echoed_ == asked_) {
    if (now < next_question_) return {};
    asked_ += plan_.question;
    next_question_ = now + plan_.pause;
  }
  while (sent_ < asked_) {
    const auto bytes =
        bulk_bytes(place(plan_.number, sent_), static_cast<std::size_t>(asked_ - sent_));
    const ssize_t size = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0 && would_wait(errno)) return {};
    if (size < 0) return broken(errno);
    sent_ += static_cast<std::uint64_t>(size);
  }
  return {};
}

std::optional<End> Talk::hear(Clock::time_point now) {
  std::array<std::byte, 16384> heard;  // NOLINT(*-member-init): recv() fills it
  for (;;) {
    const ssize_t size = ::recv(fd_.get(), heard.data(), heard.size(), 0);
    if (size < 0 && would_wait(errno)) return {};
    if (size < 0) return broken(errno);
    moved_ = now;
    if (size == 0) return stage_ == Stage::closing ? End::whole : broken(0);
    const auto got = static_cast<std::size_t>(size);
    const auto expected = bulk_bytes(place(plan_.number, echoed_), got);
    const bool right =
        echoed_ + got <= sent_ && std::memcmp(heard.data(), expected.data(), got) == 0;
    if (!right) return End::wrong;
    echoed_ += got;
  }
}

/// All has been said and heard.
std::optional<End> Talk::close(Clock::time_point now) {
  moved_ = now;
  if (plan_.resets) {
    cut();
    return End::whole;
  }
  ::shutdown(fd_.get(), SHUT_WR);
  stage_ = Stage::closing;
  return {};
}

void Talk::cut() {
  reset_at_close(fd_.get());
  fd_ = {};
}

End Talk::broken(int error) {
  why_ = error == 0 ? "the server closed it" : std::strerror(error);
  return End::broken;
}

std::string Talk::text() const {
  constexpr std::array kStages{"connecting", "talking", "closing"};
  return fmt::format("{} to {}, {} after {} bytes there and {} back: {}", flow_.client.text(),
                     flow_.server.text(), kStages[static_cast<std::size_t>(stage_)], sent_, echoed_,
                     why_.empty() ? "silence" : why_);
}

}  // namespace latesyn::torture
