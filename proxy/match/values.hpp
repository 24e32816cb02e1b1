#pragma once
// Values that several keys of a policy have in common.

#include <vector>

#include "proxy/document/document_reader.hpp"
#include "proxy/match/outline.hpp"

namespace latesyn {

inline constexpr std::uint32_t kWordMax = std::numeric_limits<std::uint32_t>::max();

/// A number, or a range of them: "0-1400", or "1-" without an end.
NumberRange read_range(const DocumentValue& value);
/// "0 to 1400", "1 or more".
std::string range_text(const NumberRange& range);

/// Why a rule never matches that asks its kinds of segments for more data than they have.
inline constexpr std::string_view kNeverSoMuchData =
    "such segments never have that much data; leave out segment, payload or position";

/// The kind of a TCP option, by its name or its number.
std::uint8_t read_option(const DocumentValue& value);

}  // namespace latesyn
