#include "tests/netns/torture/torture.hpp"

#include <fmt/format.h>

#include <exception>

#include "tests/netns/eventually.hpp"
#include "tests/netns/torture/events.hpp"

namespace latesyn::torture {
namespace {

/// In which a new connection must have been answered, whatever happened. A SYN that is lost three
/// times in a row comes again after 7 s; and what a flood has left in the kernel's queue stands
/// before it, on machines that have other things to do.
constexpr std::chrono::seconds kAnsweredWithin(20);

class Run {
 public:
  explicit Run(const Options& options)
      : scene_(options.seed), end_(Clock::now() + options.duration) {
    for (const Event& event : events()) {
      if (options.only.empty() || options.only.find(event.name) != std::string::npos) {
        repertoire_.push_back(event);
      }
    }
  }

  Outcome run() {
    try {
      while (goes_on()) live();
    } catch (const std::exception& error) {
      // Of a tool of the system's, or a report that is none.
      scene_.complain(error.what());
    }
    const Tally tally = scene_.talkers().tally();
    Outcome outcome{.findings = tally.findings, .summary = summary(tally), .diary = scene_.diary()};
    const auto& complaints = scene_.complaints();
    outcome.findings.insert(outcome.findings.end(), complaints.begin(), complaints.end());
    return outcome;
  }

 private:
  bool goes_on() {
    return Clock::now() < end_ && scene_.complaints().empty() &&
           scene_.talkers().tally().findings.empty();
  }

  void live() {
    ++lives_;
    scene_.begin_life();
    new_connections_work("the start");
    for (auto left = 1 + scene_.any(8); left > 0 && goes_on() && !repertoire_.empty(); --left)
      happen();
    const Death death = static_cast<Death>(scene_.any(3));
    scene_.end_life(death);
    new_connections_work("the end");
  }

  void happen() {
    const Event& event = repertoire_[scene_.any(repertoire_.size())];
    scene_.note(std::string(event.name));
    ++done_[event.name];
    event.happens(scene_);
    new_connections_work(event.name);
  }

  void new_connections_work(std::string_view after) {
    const auto since = Clock::now();
    for (const Family family : {Family::v4, Family::v6}) {
      if (eventually([&] { return scene_.talkers().answered_since(since, family); },
                     kAnsweredWithin)) {
        continue;
      }
      scene_.complain(fmt::format("after {} no new connection of {} was answered", after,
                                  family == Family::v4 ? "IPv4" : "IPv6"));
    }
    longest_ = std::max(longest_, Clock::now() - since);
  }

  std::string summary(const Tally& tally) const {
    std::string out = fmt::format(
        "{} lives of latesyn; {} connections whole, {} ended as documented, {:.1f} MB compared; "
        "new ones answered after {:.1f} s at most\n",
        lives_, tally.whole, tally.forgiven, static_cast<double>(tally.bytes) / 1e6,
        std::chrono::duration<double>(longest_).count());
    for (const auto& [name, times] : done_) out += fmt::format("{:>6} × {}\n", times, name);
    return out;
  }

  Scene scene_;
  std::vector<Event> repertoire_;
  Clock::time_point end_;
  unsigned lives_ = 0;
  std::map<std::string_view, unsigned> done_;
  Clock::duration longest_{};
};

}  // namespace

Outcome torture(const Options& options) { return Run(options).run(); }

}  // namespace latesyn::torture
