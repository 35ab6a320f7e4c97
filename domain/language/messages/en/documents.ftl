# Headings of XLSX and CSV. Official documents as DOCX are Vietnamese, their words in the code.
documents-number = No.
documents-content = Content
documents-declared = Number (declared)
documents-of = Out of
documents-measured = Measured
documents-note = Note
documents-reason = Reason for the difference
documents-code = Unit code
documents-unit = Unit
documents-state = State
documents-row = Row { $number }
documents-row-measured = Row { $number } – measured
documents-assessment = Assessment
documents-proposals = Proposals
documents-answer = Answer
documents-share = { $reported }/{ $expected } units reported
documents-sheet-figures = Figures
documents-sheet-units = Units
documents-sheet-opinions = Assessments, proposals
documents-sum-of = { $units ->
    [one] Sum of the report of { $units } unit.
   *[other] Sum of the reports of { $units } units.
}
documents-file-report = Report
documents-file-roll-up = Roll-up
documents-file-letter = Letter
