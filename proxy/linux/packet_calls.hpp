#pragma once
// Which system calls a thread that reads packets is refused (docs/decisions: who may what). Whoever
// takes it over by a packet that we read wrongly shall find no program, no file to write and no
// other identity there.

namespace latesyn {

/// For the calling thread and all that it starts, for good: no program is started, no file is made,
/// changed or opened for writing, and neither users, namespaces, the kernel's modules nor other
/// processes are touched. What is refused fails with EPERM. False where the kernel can't do so.
[[nodiscard]] bool refuse_calls_of_no_use();

}  // namespace latesyn
