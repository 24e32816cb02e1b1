// What the lab waits for before it reads a receiver's state: the kernel has delivered.

#include "proxy/lab/delivery.hpp"

#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proxy/lab/ends/endpoint_sockets.hpp"
#include "proxy/process/command.hpp"
#include "tests/netns/hosts.hpp"

namespace latesyn::test {
namespace {

void in_a_shell(const std::string& commands) {
  const CommandResult result = run_command({"/usr/bin/unshare", "-m", "/bin/sh", "-ec", commands});
  INFO(result.why());
  REQUIRE(result.ok());
}

void stay_on_processor(int number) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(number), &one);
  REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
}

Descriptor datagrams_at(const Endpoint& own) {
  Descriptor fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const SocketAddress address(own);
  REQUIRE(::bind(fd.get(), address.get(), address.size) == 0);
  return fd;
}

}  // namespace

TEST_CASE("delivery: after the wait all that was sent before has come, also where it is slow") {
  if (::sysconf(_SC_NPROCESSORS_ONLN) < 2) return;  // there nothing can be handed over
  cpu_set_t all;
  REQUIRE(::sched_getaffinity(0, sizeof all, &all) == 0);
  stay_on_processor(0);
  const Namespace there = Namespace::make();
  const Inside inside(there);
  // Another processor works off what is sent here, so that no call waits for it by itself.
  in_a_shell(
      "ip link set lo up; ip address add 10.0.0.1/32 dev lo; "
      "mount -t sysfs none /sys; "
      "echo 2 >/sys/class/net/lo/queues/rx-0/rps_cpus");
  Delivery delivery;
  const Endpoint own{IpAddress::parse("10.0.0.1").value(), 7};
  const Descriptor receiver = datagrams_at(own), sender = datagrams_at({own.address, 8});
  const SocketAddress address(own);
  for (int i = 0; i < 1000; ++i) {
    char byte = 0;
    REQUIRE(::sendto(sender.get(), &byte, 1, 0, address.get(), address.size) == 1);
    delivery.await();
    REQUIRE(::recv(receiver.get(), &byte, 1, 0) == 1);
  }
  CHECK(delivery.missed() == 0);
  ::sched_setaffinity(0, sizeof all, &all);
}

TEST_CASE("delivery: a wait that comes to nothing ends, and is counted") {
  const Namespace there = Namespace::make();
  const Inside inside(there);
  in_a_shell("ip link set lo up");
  Delivery delivery(std::chrono::milliseconds(20));
  delivery.await();
  CHECK(delivery.missed() == 0);
  in_a_shell("ip link set lo down");
  delivery.await();
  delivery.await();
  CHECK(delivery.missed() == 2);
}

}  // namespace latesyn::test
