#include "proxy/values/kernel_version.hpp"

#include <catch2/catch.hpp>

#include "proxy/lab/running_kernel.hpp"

namespace latesyn::test {
namespace {

constexpr KernelVersion k6_1{6, 1}, k6_12{6, 12}, k6_13{6, 13}, k7_0{7, 0};

}  // namespace

TEST_CASE("a kernel's version is what stands in front of its release") {
  CHECK(KernelVersion::of_release("6.1.0-50-cloud-amd64") == k6_1);
  CHECK(KernelVersion::of_release("6.12.95+deb12-cloud-amd64") == k6_12);
  CHECK(KernelVersion::of_release("6.13-rc1") == k6_13);
  CHECK(KernelVersion::of_release("7.0") == k7_0);
  const auto* const none = GENERATE("", "6", "6.", ".1", "v6.1", "6-1", "-6.1", "10000.1");
  CHECK_FALSE(KernelVersion::of_release(none));
}

TEST_CASE("a version alone has nothing behind it") {
  CHECK(KernelVersion::parse("6.12") == k6_12);
  CHECK_FALSE(KernelVersion::parse("6.12.1"));
  CHECK_FALSE(KernelVersion::parse("6.12 "));
}

TEST_CASE("versions are compared as numbers") {
  CHECK(k6_1 < k6_12);
  CHECK(KernelVersion{6, 2} < k6_12);
  CHECK(k6_13 < k7_0);
}

TEST_CASE("a range of kernels has its lower bound and not its upper") {
  const KernelRange all, from{.from = k6_13}, until{.before = k6_13}, both{k6_1, k6_13};
  CHECK((all.includes(k6_1) && all.text() == "Linux"));
  CHECK((!from.includes(k6_12) && from.includes(k6_13) && from.text() == "Linux >= 6.13"));
  CHECK((until.includes(k6_12) && !until.includes(k6_13) && until.text() == "Linux < 6.13"));
  CHECK((both.includes(k6_1) && !both.includes(k7_0)));
  CHECK(both.text() == "Linux >= 6.1 and < 6.13");
}

TEST_CASE("what is about other kernels is told apart, with the reason") {
  const KernelRange from{.from = k6_13};
  CHECK(not_on_this_kernel(from, "6.1.0-50-cloud-amd64") ==
        "it is about Linux >= 6.13, and this is 6.1.0-50-cloud-amd64");
  CHECK(not_on_this_kernel(from, "6.18.5") == "");
  CHECK(not_on_this_kernel(from, "a kernel of somebody's own") == "");
}

}  // namespace latesyn::test
