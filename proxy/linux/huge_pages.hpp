#pragma once
// Memory for large tables: in pages of 2 MB where the system has them, so that finding one of a
// million flows does not wait for the processor's page tables too.

#include <memory_resource>

namespace latesyn {

/// For std::pmr::set_default_resource(), before any table is made. What is smaller than a huge page
/// comes from the ordinary heap.
std::pmr::memory_resource& huge_pages();

}  // namespace latesyn
