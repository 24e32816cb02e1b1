#include "proxy/lab/report_page.hpp"

#include "proxy/lab/lab_fields.hpp"
#include "proxy/report/report_fields.hpp"
#include "proxy/run/run_fields.hpp"

namespace latesyn {

std::string report_page() {
  Report report;
  report.exchanges = Exchanges();
  LabResult lab;
  lab.example = ExampleMatch();
  lab.report.lab = LabFacts();
  lab.report.lab->client.command = lab.report.lab->server.command = CommandEnd();
  const LadderFlow ladder;
  return "# The report\n\n`--json` writes one object when `latesyn run` or `latesyn lab` has "
         "ended; "
         "of several policies in one lab, a list of them. Times are\nin seconds, and their names "
         "end in `_s`.\n" +
         FieldsPage::of("Every report", "Whatever was done.", report) +
         FieldsPage::of("Expectations", "Each `[[expect]]`, in words and with what was found.",
                        Finding()) +
         FieldsPage::of("Rules", "What each rule has done.", RuleCount()) +
         FieldsPage::of("Exchanges", "How the lab's own client fared.", Exchanges()) +
         FieldsPage::of("A run", "Besides, in the report of `latesyn run`.", RunFacts()) +
         FieldsPage::of("Unwritten", "Output that nobody took in time.", Unwritten()) +
         FieldsPage::of("A lab's report", "Besides, in the report of `latesyn lab`.", lab) +
         FieldsPage::of("Lab", "What is under `lab`.", LabPart{lab}) +
         FieldsPage::of("Steps", "What came of the policy's steps.", StepsResult()) +
         FieldsPage::of("Example", "How far the policy's example came true.", ExampleMatch()) +
         FieldsPage::of("Ladders", "What was seen of one connection.", ladder) +
         FieldsPage::of("Rows of a ladder", "One segment, or a change of states.", LadderRow()) +
         FieldsPage::of("Sockets", "What a kernel says of one end.", SocketReading());
}

}  // namespace latesyn
