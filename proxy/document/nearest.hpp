#pragma once
// "did you mean …": the word that somebody probably wanted to write.

#include <span>
#include <string>
#include <string_view>

namespace latesyn {

/// The word of `words` that is the fewest typing mistakes away from `text`, where those are few for
/// its length; empty where none is near.
std::string_view nearest(std::string_view text, std::span<const std::string_view> words);

/// `did you mean "hold"? One of: delay, drop, hold`, without the question where nothing is near.
std::string suggestion(std::string_view text, std::span<const std::string_view> words);

}  // namespace latesyn
