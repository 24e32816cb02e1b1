#pragma once
// Many values of one type in large pieces of memory: each is found by a small number, never moves,
// and costs no allocation of its own.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <new>
#include <utility>
#include <vector>

namespace latesyn {

/// Whoever makes a value removes it again: what is still there at the end is not destroyed.
template <typename T>
class Slab {
 public:
  Slab() = default;
  ~Slab() {
    for (std::size_t i = 0; i < kPieces; ++i) {
      if (pieces_[i] != nullptr) memory_->deallocate(pieces_[i], bytes_of(i), alignof(T));
    }
  }
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  template <typename... Arguments>
  std::uint32_t make(Arguments&&... arguments) {
    const std::uint32_t number = take_free();
    ::new (place(number)) T(std::forward<Arguments>(arguments)...);
    return number;
  }
  void remove(std::uint32_t number) {
    std::destroy_at(&(*this)[number]);
    free_.push_back(number);
  }
  T& operator[](std::uint32_t number) { return *std::launder(static_cast<T*>(place(number))); }
  const T& operator[](std::uint32_t number) const {
    return *std::launder(static_cast<const T*>(place(number)));
  }

 private:
  /// Each piece is twice as large as the one before it.
  static constexpr std::uint32_t kFirst = 256;
  static constexpr std::size_t kPieces = 24;
  static std::size_t bytes_of(std::size_t piece) { return (kFirst * sizeof(T)) << piece; }

  std::uint32_t take_free() {
    if (!free_.empty()) {
      const std::uint32_t number = free_.back();
      free_.pop_back();
      return number;
    }
    const std::size_t piece = piece_of(made_);
    if (pieces_[piece] == nullptr) {
      pieces_[piece] = static_cast<std::byte*>(memory_->allocate(bytes_of(piece), alignof(T)));
    }
    return made_++;
  }
  static std::size_t piece_of(std::uint32_t number) {
    return static_cast<std::size_t>(std::bit_width(number / kFirst + 1) - 1);
  }
  void* place(std::uint32_t number) const {
    const std::size_t piece = piece_of(number);
    return pieces_[piece] + (number + kFirst - (std::size_t{kFirst} << piece)) * sizeof(T);
  }

  std::pmr::memory_resource* memory_ = std::pmr::get_default_resource();
  std::array<std::byte*, kPieces> pieces_{};
  std::vector<std::uint32_t> free_;
  std::uint32_t made_ = 0;
};

}  // namespace latesyn
