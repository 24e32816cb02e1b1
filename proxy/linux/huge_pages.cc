#include "proxy/linux/huge_pages.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>

namespace latesyn {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20U;

class HugePages final : public std::pmr::memory_resource {
 private:
  static bool is_large(std::size_t bytes) { return bytes >= kHugePage; }
  static std::size_t alignment_of(std::size_t bytes, std::size_t asked) {
    return is_large(bytes) ? std::max(asked, kHugePage) : asked;
  }

  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    void* const memory = heap_->allocate(bytes, alignment_of(bytes, alignment));
    // Where it is refused, small pages do.
    if (is_large(bytes)) ::madvise(memory, bytes, MADV_HUGEPAGE);
    return memory;
  }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override {
    heap_->deallocate(memory, bytes, alignment_of(bytes, alignment));
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  memory_resource* heap_ = std::pmr::new_delete_resource();
};

}  // namespace

std::pmr::memory_resource& huge_pages() {
  static HugePages pages;
  return pages;
}

}  // namespace latesyn
