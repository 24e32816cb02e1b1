#include "proxy/core/policy_file.hpp"

namespace latesyn {

Policy load_policy(const std::filesystem::path& file) {
  throw PolicyError(file.string() + ": reading policies is not built yet");
}

}  // namespace latesyn
