#include "proxy/queue/driver.hpp"

#include "proxy/linux/promptness.hpp"
#include "proxy/loop/readable.hpp"

namespace latesyn {

class Driver::State {
 public:
  State(Engine& engine, NetfilterDevice& device, const DriverOptions& options, uv_loop_s* loop)
      : engine_(engine),
        device_(device),
        forwarder_(engine, device, options.forwarding),
        clock_(options.clock),
        spin_(options.spin),
        timer_(loop, clock_, [this] { ring(); }),
        readable_(loop, device.descriptor(), [this] { turn(); }) {}

  Forwarder& forwarder() { return forwarder_; }
  const MonotonicClock& clock() const { return clock_; }

  void apply(const std::function<void(Engine&, Time, Actions&)>& mutation) {
    const Time now = clock_.now();
    forwarder_.apply(now, mutation);
    arm(now);
    take_held();
  }

  void use(const Plan& plan) {
    device_.use(plan);
    take_held();
  }

  void offer_splices(bool offered) {
    if (offered) device_.open_tracking();
    apply([offered](Engine& e, Time, Actions& out) { e.offer_splices(offered, out); });
  }

  /// One turn of the loop. False where the queue was empty.
  bool turn() {
    const bool any = take_turn();
    return take_held() || any;
  }

 private:
  bool take_turn() {
    const Time now = clock_.now();
    const bool any = forwarder_.turn(now);
    arm(now);
    return any;
  }

  /// Packets that have left the queue, or came while its settings were changed, would not wake the
  /// loop.
  bool take_held() {
    bool any = false;
    while (forwarder_.holds_packets()) any |= take_turn();
    return any;
  }

  /// The alarm rings `spin_` early: what is left until then is waited for awake.
  void ring() {
    const auto next = engine_.next_wakeup();
    Time now = clock_.now();
    while (next && now < *next && *next - now <= spin_) now = clock_.now();
    forwarder_.on_alarm(now);
    arm(now);
    take_held();
  }

  void arm(Time now) {
    const auto next = forwarder_.next_alarm(now);
    timer_.set(next ? std::optional(*next - spin_) : std::nullopt);
    promptness_.settle(forwarder_.is_in_a_hurry(), now);
  }

  Engine& engine_;
  NetfilterDevice& device_;
  Forwarder forwarder_;
  MonotonicClock clock_;
  Duration spin_;
  Promptness promptness_;
  Timer timer_;
  Readable readable_;
};

Driver::Driver(Engine& engine, NetfilterDevice& device, const DriverOptions& options,
               uv_loop_s* loop)
    : state_(std::make_unique<State>(engine, device, options, loop)) {}
Driver::~Driver() = default;

void Driver::add(Observer& observer) { state_->forwarder().add(observer); }
void Driver::apply(const std::function<void(Engine&, Time, Actions&)>& mutation) {
  state_->apply(mutation);
}
void Driver::tell(const Note& note) { state_->forwarder().tell(note); }
void Driver::use(const Plan& plan) { state_->use(plan); }
void Driver::begin_move() { state_->forwarder().begin_move(); }
void Driver::end_move() { state_->forwarder().end_move(); }
void Driver::offer_splices(bool offered) { state_->offer_splices(offered); }
bool Driver::drain() {
  // Bounded, should packets come in faster than they are decided on.
  constexpr int kTurnsMax = 10'000;
  int turns = 0;
  while (turns < kTurnsMax && state_->turn()) ++turns;
  return turns != 0 && turns != kTurnsMax;
}
Time Driver::now() const { return state_->clock().now(); }

}  // namespace latesyn
