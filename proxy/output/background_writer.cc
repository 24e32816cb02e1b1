#include "proxy/output/background_writer.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <system_error>
#include <vector>

namespace latesyn {
namespace {

/// So much at once: a pipe takes it whole or waits, and then it is known what it has taken.
constexpr std::size_t kPieceMax = PIPE_BUF;
/// Between two looks whether the writing gets on.
constexpr Duration kStandstillMax = std::chrono::seconds(1);
/// How long a descriptor that somebody has set not to block is waited for.
constexpr int kNoRoom_ms = 100;

/// The number of bytes that the descriptor took, and none where it may do so later; less than zero:
/// an error.
ssize_t write_some(int fd, std::span<const std::byte> bytes) {
  const ssize_t size = ::write(fd, bytes.data(), std::min(bytes.size(), kPieceMax));
  if (size >= 0) return size;
  if (errno == EINTR) return 0;
  if (errno != EAGAIN) return -1;
  pollfd room{.fd = fd, .events = POLLOUT, .revents = 0};
  ::poll(&room, 1, kNoRoom_ms);
  return 0;
}

class SignalsKeptOut {
 public:
  SignalsKeptOut() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsKeptOut() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsKeptOut(const SignalsKeptOut&) = delete;
  SignalsKeptOut& operator=(const SignalsKeptOut&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

/// Records, one after the other.
struct BackgroundWriter::Records {
  std::vector<std::byte> bytes;
  std::vector<std::size_t> ends;

  void add(std::span<const std::byte> record) {
    bytes.insert(bytes.end(), record.begin(), record.end());
    ends.push_back(bytes.size());
  }
  void clear() {
    bytes.clear();
    ends.clear();
  }
  /// Those that do not end within the first `written` bytes.
  std::size_t beyond(std::size_t written) const {
    return static_cast<std::size_t>(ends.end() - std::ranges::upper_bound(ends, written));
  }
};

struct BackgroundWriter::Shared {
  const Descriptor fd;
  const std::size_t room;
  const OnError on_error;
  const std::function<void(int)> on_failure;

  std::mutex mutex;
  std::condition_variable wake, gets_on;
  Records waiting{}, in_hand{};  // the thread reads the latter without the lock
  std::size_t in_hand_written = 0;
  std::uint64_t written = 0, lost = 0;
  bool asked = false, ending = false, has_failed = false;

  bool idle() const { return waiting.ends.empty() && in_hand.ends.empty(); }
  bool has_given_up() const { return has_failed && on_error == OnError::give_up; }
  void run();
  void write_in_hand(std::unique_lock<std::mutex>& lock);
  void fail(std::unique_lock<std::mutex>& lock, int error);
};

void BackgroundWriter::Shared::run() {
  std::unique_lock lock(mutex);
  for (;;) {
    wake.wait(lock, [this] { return ending || (asked && !waiting.ends.empty()); });
    if (waiting.ends.empty()) return;
    asked = false;
    std::swap(waiting, in_hand);
    write_in_hand(lock);
    in_hand.clear();
    in_hand_written = 0;
    gets_on.notify_all();
  }
}

void BackgroundWriter::Shared::write_in_hand(std::unique_lock<std::mutex>& lock) {
  while (in_hand_written < in_hand.bytes.size() && !has_given_up()) {
    const auto rest = std::span<const std::byte>(in_hand.bytes).subspan(in_hand_written);
    lock.unlock();
    const ssize_t size = write_some(fd.get(), rest);
    const int error = errno;
    lock.lock();
    if (size < 0) return fail(lock, error);
    in_hand_written += static_cast<std::size_t>(size);
    written += static_cast<std::size_t>(size);
    gets_on.notify_all();
  }
}

void BackgroundWriter::Shared::fail(std::unique_lock<std::mutex>& lock, int error) {
  lost += in_hand.beyond(in_hand_written);
  in_hand.clear();
  in_hand_written = 0;
  const bool first = !std::exchange(has_failed, true);
  if (has_given_up()) {
    lost += waiting.ends.size();
    waiting.clear();
  }
  if (!first || !on_failure) return;
  lock.unlock();
  on_failure(error);
  lock.lock();
}

BackgroundWriter::BackgroundWriter(Descriptor fd, std::size_t room, OnError on_error,
                                   std::function<void(int)> on_failure)
    : shared_(new Shared{.fd = std::move(fd),
                         .room = room,
                         .on_error = on_error,
                         .on_failure = std::move(on_failure)}) {}

BackgroundWriter::~BackgroundWriter() {
  if (!thread_.joinable()) return;
  const bool idle = [&] {
    const std::lock_guard lock(shared_->mutex);
    shared_->ending = true;
    return shared_->idle();
  }();
  shared_->wake.notify_one();
  idle ? thread_.join() : thread_.detach();
}

void BackgroundWriter::start() {
  const SignalsKeptOut kept_out;
  thread_ = std::thread([shared = shared_] { shared->run(); });
}

bool BackgroundWriter::put(std::span<const std::byte> record) {
  const std::lock_guard lock(shared_->mutex);
  if (!thread_.joinable()) start();
  const std::size_t waiting =
      shared_->waiting.bytes.size() + shared_->in_hand.bytes.size() - shared_->in_hand_written;
  const bool fits = waiting + record.size() <= shared_->room;
  if (fits && !shared_->has_given_up()) {
    shared_->waiting.add(record);
  } else {
    ++shared_->lost;
  }
  return fits;
}

void BackgroundWriter::flush() {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->waiting.ends.empty()) return;
    shared_->asked = true;
  }
  shared_->wake.notify_one();
}

void BackgroundWriter::drain(Duration limit) {
  flush();
  const auto end = std::chrono::steady_clock::now() + limit;
  std::unique_lock lock(shared_->mutex);
  for (bool moves = true; moves && !shared_->idle() && std::chrono::steady_clock::now() < end;) {
    const auto before = std::pair(shared_->written, shared_->lost);
    moves = shared_->gets_on.wait_for(lock, kStandstillMax, [&] {
      return shared_->idle() || std::pair(shared_->written, shared_->lost) != before;
    });
  }
}

std::uint64_t BackgroundWriter::missing() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->lost + shared_->waiting.ends.size() +
         shared_->in_hand.beyond(shared_->in_hand_written);
}

}  // namespace latesyn
