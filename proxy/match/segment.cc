// segment: which kinds of segments.

#include "proxy/document/document_reader.hpp"
#include "proxy/match/match.hpp"

namespace latesyn {
namespace {

constexpr SegmentKinds kHandshakeAckOnly = SegmentKinds().add(SegmentKind::handshake_ack);

class OfKinds final : public OutlinedCondition {
 public:
  explicit OfKinds(SegmentKinds kinds) : kinds_(kinds) {}

  void narrow(Outline& outline) const override { outline.keep(kinds_); }
  std::string why_never(const Match& rule) const override {
    if (kinds_ != kHandshakeAckOnly || rule.outline().from != Side::server) return "";
    return "a handshake-ack is the client's, so it never goes to the client; leave direction out";
  }
  /// The kinds that a rule is about are what its sentence begins with, given or not.
  std::string phrase() const override { return ""; }

 private:
  SegmentKinds kinds_;
};

std::shared_ptr<const Condition> read_kinds(const DocumentValue& value) {
  SegmentKinds kinds;
  for (const DocumentValue& word :
       value.one_or_list("at least one kind", kSegmentKindNames.size())) {
    kinds.add(static_cast<SegmentKind>(word.choice(kSegmentKindNames)));
  }
  return std::make_shared<OfKinds>(kinds);
}

const RegisteredCondition segment_condition({
    .key = "segment",
    .subject = Subject::kind,
    .takes = "a kind, or a list of kinds",
    .about = "`\"syn\"`: SYN without ACK. `\"syn-ack\"`. `\"handshake-ack\"`: the client's first "
             "ACK of the server's SYN, without data. `\"data\"`: user data without SYN, FIN or "
             "RST. `\"fin\"`: with or without data. `\"rst\"`: with or without ACK. `\"ack\"`: all "
             "others",
    .read = read_kinds,
});

}  // namespace
}  // namespace latesyn
