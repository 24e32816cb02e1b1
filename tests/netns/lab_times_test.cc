// Rules that ask how long ago something was, between two real kernels.

#include "tests/netns/lab_run.hpp"

namespace latesyn::test {

TEST_CASE("lab: the first segment after a silence waits, and the next one does not") {
  BothFamilies both({shipped("idle_radio.toml")});
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    CHECK(run->json().at("rules").at(0).at("matched") == 1);
    CHECK(example_rows(run->json()).size() == 9);
  }
}

TEST_CASE("lab: a connection is cut once its handshake was complete for a second") {
  BothFamilies both({shipped("cut_after_a_while.toml")});
  for (LabRun* run : both.runs()) {
    CHECK(run->status() == 0);
    CHECK(run->json().at("rules").at(0).at("matched") == 1);
    CHECK(example_rows(run->json()).size() == 8);
  }
}

}  // namespace latesyn::test
