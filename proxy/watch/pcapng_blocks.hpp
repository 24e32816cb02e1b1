#pragma once
// Numbers of the pcapng format, for who writes and who reads it
// (draft-ietf-opsawg-pcapng, sections 3 and 4).

#include <cstdint>

namespace latesyn {

inline constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a, kInterface = 1, kOldPacket = 2,
                               kSimplePacket = 3, kEnhancedPacket = 6;
/// In a section header, as the section's own byte order has it.
inline constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
inline constexpr std::uint16_t kEndOfOptions = 0, kTimeResolution = 9, kTimeOffset = 14;

}  // namespace latesyn
