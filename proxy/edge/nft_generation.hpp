#pragma once
// The kernel's number of the nftables ruleset: each change, whoever makes it, raises it. To ask for
// it costs one message.

#include <cstdint>
#include <memory>
#include <optional>

struct mnl_socket;

namespace latesyn {

class NftGeneration {
 public:
  /// Of the calling thread's network namespace. Throws std::runtime_error.
  NftGeneration();

  /// Nothing where the kernel has no nftables.
  std::optional<std::uint32_t> read();

 private:
  struct Close {
    void operator()(mnl_socket* socket) const;
  };
  std::unique_ptr<mnl_socket, Close> socket_;
  std::uint32_t sequence_ = 0;
};

}  // namespace latesyn
