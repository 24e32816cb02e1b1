#pragma once
// Being on time also where other programs want the processor.

namespace latesyn {

/// Asks the kernel to let this process run as soon as it has something to do: ahead of ordinary
/// programs where we may (CAP_SYS_NICE), else in short turns. What it starts later is ordinary
/// again. Where the kernel refuses, releases are late as others load the machine.
void run_promptly();

}  // namespace latesyn
