#pragma once
// The two ends of a connection, where a test does not care which they are.

#include "proxy/values/address.hpp"

namespace latesyn::test {

inline const Endpoint kClient{*IpAddress::parse("10.1.0.2"), 40000};
inline const Endpoint kServer{*IpAddress::parse("10.2.0.2"), 8080};

}  // namespace latesyn::test
