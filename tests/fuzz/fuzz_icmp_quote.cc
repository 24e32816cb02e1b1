// Any bytes at all may come from the queue. Of what an ICMP error quotes only numbers and checksums
// change, and back again.

#include "proxy/packet/icmp_quote.hpp"
#include "tests/fuzz/require.hpp"

using namespace latesyn;
using test::require;

namespace {

/// Shifted by numbers that the input has, too.
void shift(const IcmpQuote& quote, Bytes bytes, std::uint32_t seq_by, std::uint32_t ack_by) {
  std::vector<std::byte> shifted(bytes.begin(), bytes.end());
  quote.shift(shifted, seq_by, ack_by);
  const auto again = IcmpQuote::over(shifted);
  require(again && again->from() == quote.from() && again->to() == quote.to());
  again->shift(shifted, 0U - seq_by, 0U - ack_by);
  const auto back = IcmpQuote::over(shifted);
  require(back && back->from() == quote.from() && back->to() == quote.to());
  require(shifted.size() == bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = std::as_bytes(std::span(data, size));
  const auto quote = IcmpQuote::over(bytes);
  if (!quote) return 0;
  require(is_icmp(bytes) && quote->from().address.family() == quote->to().address.family());
  shift(*quote, bytes, 1, 0xffffffff);
  shift(*quote, bytes, static_cast<std::uint32_t>(data[size - 1]) << 24U, data[size - 2]);
  return 0;
}
