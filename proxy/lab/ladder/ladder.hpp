#pragma once
// The conversation as RFC 9293's figures show one: a row a segment, with the states of both ends.
// Only what it is given; nothing is worked out here.

#include <string>
#include <vector>

#include "proxy/lab/ladder/example_match.hpp"
#include "proxy/lab/ladder/socket_states.hpp"
#include "proxy/notes/figure.hpp"

namespace latesyn {

struct LadderRow {
  FigureLine line;
  /// The state of the end that the segment comes from is that before anything was decided about it,
  /// that of the end that it reaches the one after; of an end that it does not reach, the one
  /// meanwhile.
  SocketReading a, b;
  std::string remark;
  bool added = false;  // the policy's example does not have it
};

/// States that changed without a segment, between two rows. It becomes a row where the example has
/// it.
struct LadderChange {
  std::size_t rows_before = 0;
  LadderRow row;
};

/// What was seen on one 4-tuple.
struct LadderFlow {
  FlowKey flow;
  std::uint32_t connection = 0;
  bool late_syn = false;  // one arrived
  std::vector<LadderRow> rows;
  std::vector<LadderChange> changes;
  std::uint64_t rows_left_out = 0;
  /// At the end, after the last row.
  Time ended;
  SocketReading a, b;
};

/// Compares the first connection with a policy's example, marks the rows that it does not have, and
/// gives those that it has the numbers of its lines. States that the example has on a line of their
/// own become rows.
ExampleMatch mark_added(const std::vector<FigureLine>& example, std::vector<LadderFlow>& ladder);

/// As text: a header with the ends, a line a row, and the states at the end.
std::string to_text(const LadderFlow& flow);

/// At most `flows` of them: those with a late SYN first, then in order of their beginning. What is
/// left out is counted in a last line.
std::string to_text(const std::vector<LadderFlow>& ladder, std::uint64_t flows_left_out,
                    std::size_t flows = 4);

}  // namespace latesyn
