# The report of a unit.
report-section-1 = 1. General information
report-section-2 = 2. Figures
report-unit = Name of the unit
report-assessment = Assessment of the results within the unit's scope
report-proposals = Proposals (if any)
report-content = Content
report-declared = Declared
report-measured = Measured
report-note = Note
report-reason = Reason where it differs from the measured figure
report-of = { $count ->
    [one] of { $count } person
   *[other] of { $count } people
}
report-figures-hint = Figures are filled in from what the system measured; change them where needed and say why. Write 0 where there is none. Where it does not apply, empty the figure and say so in the note: it is not filled in again.
report-revision = Revision { $number }
report-author = Author: { $name }.
report-approver = Approved by { $name }.
report-advice-draft = An officer writes and saves it; the unit's leader approves it before it can be sent.
report-advice-approved = The unit's leader approved it. Press Submit to send it to the focal unit. A change takes the approval back.
report-advice-submitted = Sent to the focal unit, which has not taken note of it yet.
report-advice-supplement-asked = The focal unit asks for a supplement. See its words under History, then change the report and have it approved again.
report-advice-noted = The focal unit took note of it.
report-advice-locked = The campaign is over and the figures are locked.
report-next = Next
report-open-points = { $count ->
    [one] { $count } point is open before it can be approved
   *[other] { $count } points are open before it can be approved
}
report-save = Save the report
report-saving = Saving…
report-not-whole = It cannot be approved yet: some points must be filled in or corrected. The author finds them listed at the top of this page.
report-comment = Comment
report-approve = Approve
report-submit = Submit
report-take-note = Take note
report-ask-supplement = Ask for a supplement
report-hand-back = Hand back
report-download = Download
report-answer = Answer to the proposals
report-answer-do = Answer the unit's proposals
report-answer-owner = Who is in charge
report-history = History
report-no-history = No steps yet.
report-saved-at = Saved at { $at }
report-offline = Not saved: the connection is lost. Do not close the page; it will be tried again.
report-conflict = Somebody else saved this report while you were writing. What you typed is all here and not saved yet; where it differs, the saved version stands under the field. Compare them, then press “Save the report” to keep yours.
report-conflict-told = Somebody else saved this report, so what you typed is not saved. Press “Save the report” to see both versions; nothing is lost.
report-conflict-saved = Saved version:
report-left-blank = Left blank by the unit.
report-take-measured = Take the measured figure: { $count }
report-blank = left blank

reports-headcount = the unit's head count
reports-problem-blank = The figure is blank. Write 0 where there is none; where it does not apply, leave it blank and say so in the note.
reports-problem-negative = A figure cannot be below 0.
reports-problem-reason-missing = It differs from the measured figure: please give the reason.
reports-problem-above-limit = It is above the value of { $limit } ({ $value }).
reports-problem-ten-times = Ten times the measured figure or more: check it, and give the reason if it is right.
reports-problem-assessment-missing = The assessment is missing.
reports-problem-too-long = It is longer than the form takes.
