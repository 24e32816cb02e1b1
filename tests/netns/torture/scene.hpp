#pragma once
// What trouble is made with: a router with latesyn on it, clients that talk through it all the
// time, and the diary of what was done to them. Latesyn has one life after the other there.

#include <deque>
#include <memory>
#include <string>

#include "tests/netns/router.hpp"
#include "tests/netns/torture/belongings.hpp"
#include "tests/netns/torture/echo_server.hpp"
#include "tests/netns/torture/outputs.hpp"
#include "tests/netns/torture/policies.hpp"
#include "tests/netns/torture/talkers.hpp"

namespace latesyn::torture {

/// How a life of latesyn ends.
enum class Death : std::uint8_t {
  stopped,             // SIGTERM or SIGINT; or the terminal that it was started at is closed
  killed,              // SIGKILL; the next life finds what it left
  killed_and_cleaned,  // … but `latesyn clean` takes it away before
};

class Scene {
 public:
  /// Moves the calling thread into a router's namespace of its own. Throws std::runtime_error.
  explicit Scene(std::uint64_t seed);

  const Router& router() const { return router_; }
  const Network& network() const { return router_.network(); }
  Talkers& talkers() { return *talkers_; }
  Rng& rng() { return rng_; }
  /// From 0 to `below`, which is left out.
  std::uint64_t any(std::uint64_t below) { return rng_() % below; }
  Family any_family() { return any(2) == 0 ? Family::v4 : Family::v6; }

  /// Starts latesyn with a policy by chance, and waits until it is at work.
  void begin_life();
  RunningProgram& program() { return *program_; }
  const AnyPolicy& policy() const { return policy_; }
  /// Has latesyn read another policy when it is told to; in part in the manner of the present one.
  void replace_policy();
  /// Puts `text` in the place of the policy's file, at once and whole.
  void write_policy(const std::string& text) const;
  /// The router's entries are about to go.
  void conntrack_forgets() { return_from_kernel(); }
  /// The rules are about to be gone, or behind another's, for a moment.
  void begin_without_rules();
  void end_without_rules();
  /// All rules are there, in both families, of a policy that this life was given.
  bool has_its_rules() const;
  /// False where the run tells nobody what it does.
  bool is_heard() const { return outputs_->is_heard(); }
  /// Ends it, and looks that it ended well.
  void end_life(Death death);

  /// Writes down what is done to them, as the reason of what follows.
  void note(const std::string& what);
  /// Something is not as it must be.
  void complain(const std::string& what);
  const std::vector<std::string>& complaints() const { return complaints_; }
  /// The last that was written down.
  std::string diary() const;

  /// Every connection that is under way may fail from now on, where `which` says so.
  void forgive(const std::function<bool(const Prospect&)>& which);

 private:
  void return_from_kernel();
  void forgive_at_end(bool goes_on_in_kernel);
  void stop();
  void look_for_leftovers(bool rules_stay);
  bool is_at_work();
  void take_on(const AnyPolicy& policy);
  void look_at_report(int status);

  Rng rng_;
  Clock::time_point began_ = Clock::now();
  Router router_;
  Belongings at_first_;  // what is on the router without latesyn
  std::optional<EchoServer> server_;
  std::optional<Talkers> talkers_;
  std::optional<Outputs> outputs_;
  std::unique_ptr<RunningProgram> program_;
  AnyPolicy policy_, next_;         // of this life and of the next
  std::vector<std::string> given_;  // texts that this life was given, of those that take any
  unsigned workers_ = 1;            // that this life was started with
  unsigned life_ = 0;
  std::deque<std::string> diary_;
  std::vector<std::string> complaints_;
};

}  // namespace latesyn::torture
