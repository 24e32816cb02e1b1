#pragma once
// Many values of one type in large pieces of memory: each is found by a small number, never moves,
// and costs no allocation of its own.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace latesyn {

/// Whoever makes a value removes it again: what is still there at the end is not destroyed.
template <typename T>
class Slab {
 public:
  template <typename... Arguments>
  std::uint32_t make(Arguments&&... arguments) {
    std::uint32_t number = made_;
    if (free_.empty()) {
      if (made_++ % kPiece == 0) pieces_.push_back(std::make_unique_for_overwrite<Piece>());
    } else {
      number = free_.back();
      free_.pop_back();
    }
    ::new (place(number)) T(std::forward<Arguments>(arguments)...);
    return number;
  }
  void remove(std::uint32_t number) {
    std::destroy_at(&(*this)[number]);
    free_.push_back(number);
  }
  T& operator[](std::uint32_t number) { return *std::launder(static_cast<T*>(place(number))); }

 private:
  static constexpr std::uint32_t kPiece = 256;
  struct Piece {
    alignas(T) std::byte bytes[kPiece * sizeof(T)];
  };
  void* place(std::uint32_t number) {
    return &pieces_[number / kPiece]->bytes[number % kPiece * sizeof(T)];
  }

  std::vector<std::unique_ptr<Piece>> pieces_;
  std::vector<std::uint32_t> free_;
  std::uint32_t made_ = 0;
};

}  // namespace latesyn
