#pragma once
// Clients that talk all the time with an echo server, in both families. Some talk for long, and
// show what happens to connections that are open; others have little to say, and show that new ones
// work.

#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "proxy/process/namespace.hpp"
#include "proxy/values/rng.hpp"
#include "tests/netns/torture/handling.hpp"
#include "tests/netns/torture/talk.hpp"

namespace latesyn::torture {

/// A connection as whoever makes trouble sees it.
struct Prospect {
  Handling handling;
  bool answered = false;  // bytes of the server's have come
  bool forgiven = false;  // it may fail from now on: so it is documented
};

struct Tally {
  std::uint64_t whole = 0;            // connections that ended well
  std::uint64_t forgiven = 0;         // … that ended badly, where that is documented
  std::uint64_t bytes = 0;            // that came back as they were sent
  std::vector<std::string> findings;  // what must not be
};

class Talkers {
 public:
  /// From `host` to the servers, one for each family. Throws std::runtime_error.
  Talkers(const Namespace& host, const std::vector<Endpoint>& servers, std::uint64_t seed);
  ~Talkers();
  Talkers(const Talkers&) = delete;
  Talkers& operator=(const Talkers&) = delete;

  /// How connections that begin from now on may be handled. Those under way that the server has not
  /// answered yet may be handled so, too. Where they `may_fail` they are forgiven as they begin.
  void expect(const Handling& handling, bool may_fail = false);
  /// Changes what is expected of those under way.
  void each(const std::function<void(Prospect&)>& change);

  /// True once a connection of that family that began after `since` was answered.
  bool answered_since(Clock::time_point since, Family family) const;
  /// One of those under way that were answered, by chance.
  std::optional<FlowKey> any(Rng& rng) const;
  Tally tally() const;

 private:
  struct Entry {
    Talk talk;
    Prospect prospect;
    Clock::time_point forgiven = {};  // when, where it was
    bool over = false;
  };

  void run();
  void turn();
  void go_on(Entry& entry, Clock::time_point now);
  void end(Entry& entry, End end, Clock::time_point now);
  void begin_missing();
  void begin(const Endpoint& server, bool for_long);
  std::uint64_t chance(std::uint64_t from, std::uint64_t to) { return from + rng_() % (to - from); }

  Clock::time_point began_ = Clock::now();
  const Namespace& host_;
  std::vector<Endpoint> servers_;
  Descriptor epoll_, stop_;
  mutable std::mutex mutex_;
  Rng rng_;
  Handling handling_;
  bool may_fail_ = false;
  std::map<int, Entry> entries_;                  // by descriptor
  std::map<Family, Clock::time_point> answered_;  // when the latest of those answered began
  std::uint64_t begun_ = 0;
  Tally tally_;
  std::thread thread_;
};

}  // namespace latesyn::torture
