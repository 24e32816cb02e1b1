#pragma once
// `latesyn clean`: removes the firewall rules that a killed latesyn left.

namespace latesyn {

/// Says what was removed, and what is still in use and stays. Returns the exit status: 0, or 2
/// where something could not be looked at or removed. Throws std::runtime_error without rights.
int clean();

}  // namespace latesyn
