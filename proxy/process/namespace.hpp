#pragma once
// Network namespaces without names: each is a descriptor, and is gone when nothing holds it.

#include "proxy/linux/descriptor.hpp"

namespace latesyn {

/// One network namespace: a host of its own, as far as the network goes.
class Namespace {
 public:
  /// The one that the calling thread is in.
  static Namespace current();
  /// A new and empty one. The calling thread stays where it is. Throws std::runtime_error.
  static Namespace make();

  int descriptor() const { return fd_.get(); }

 private:
  explicit Namespace(Descriptor fd) : fd_(std::move(fd)) {}
  Descriptor fd_;
};

/// The calling thread is in a namespace as long as this lives: sockets that it opens and programs
/// that it starts belong there.
class Inside {
 public:
  /// Throws std::runtime_error.
  explicit Inside(const Namespace& there);
  ~Inside();
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  Namespace home_;
};

}  // namespace latesyn
