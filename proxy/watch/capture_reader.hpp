#pragma once
// Reads the captures that a policy replays from: pcap and pcapng.

#include <filesystem>

#include "proxy/policy/policy.hpp"
#include "proxy/watch/capture_file.hpp"

namespace latesyn {

/// load_policy (policy_file.hpp), and the packets of its [[replay]] tables; their files are named
/// relative to the policy's folder. What a file has besides is counted in CaptureReplay::skipped,
/// and the log says so. Throws PolicyError that names the capture, what is wrong, and where in it.
Policy load_whole_policy(const std::filesystem::path& file);

/// The files that a policy is read from: its own, and those of its captures.
std::vector<std::filesystem::path> files_of(const Policy& policy);

/// Fills in the packets of one replay from `path`, which is of at most 256 MiB.
void read_capture(const std::filesystem::path& path, const Traffic& traffic, CaptureReplay& replay);

/// The same from a file's bytes. Throws CaptureError.
void collect_replay(Bytes file, const Traffic& traffic, CaptureReplay& replay);

}  // namespace latesyn
