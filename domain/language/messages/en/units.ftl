# Units: finding, seeing, changing, importing a list.
units-title = Units
units-count = { $count ->
    [one] { $count } unit in your scope.
   *[other] { $count } units in your scope.
}
units-name = Name
units-code = Code
units-kind = Kind
units-parents = Belongs to
units-place = Place
units-headcount = Users
units-search = Find a unit
units-search-hint = Type a part of the name or code; tone marks are not needed.
units-search-do = Find
units-none = No unit matches.
units-pages = Pages
units-page = Page { $page } of { $pages }
units-page-before = Previous page
units-page-after = Next page
units-below = Units below
units-below-none = No units below yet.
units-below-count = { $count ->
    [one] { $count } unit at all levels below.
   *[other] { $count } units at all levels below.
}
units-children-count = { $count ->
    [one] { $count } unit directly below
   *[other] { $count } units directly below
}
units-show-all = Show all { $count } units below
units-root = No unit above
units-from-day = from { $day }
units-to-day = to the end of { $day }
units-not-today = Not current
units-place-below = below { $parent }
units-place-moves = moves from { $before } to { $parent }
units-code-hint = Capital letters without marks and digits, in groups separated by dots, such as H59.12.

units-add = Add a unit below
units-add-do = Add unit
units-edit = Change details
units-edit-do = Save changes
units-move = Move or close
units-move-lead = From the day given here the unit belongs to its new parent; blank means today. Its history is kept.
units-move-do = Move unit
units-end = Close the unit
units-end-lead = For a unit that was merged, split or dissolved. Old figures are kept. Move the units below it first.
units-last-day = Last day
units-end-do = Close unit

units-column-code = Code
units-column-name = Name
units-column-kind = Kind
units-column-parent = Parent code
units-column-line = Line
units-column-place = Place
units-column-headcount = Headcount
units-column-valid-from = Valid from
units-column-valid-to = Valid to
units-column-hint-code = Official code: capital letters and digits, in groups separated by dots. A code that exists already updates that unit.
units-column-hint-name = Full name, at most 300 characters. May be blank for a unit that exists already.
units-column-hint-kind = People's committee; department; commune; school; health facility; enterprise; other. A new unit without a kind is “other”.
units-column-hint-parent = Code of the unit above, which exists already or stands in the same table. Blank leaves an existing unit where it is.
units-column-hint-line = Blank is the territorial line. A unit in two lines (education as well, for example) takes two rows.
units-column-hint-place = Place named in the unit's documents, if any.
units-column-hint-headcount = People who use computers: 1,234 or 1.234.
units-column-hint-valid-from = First day below that unit: 1/7/2026. Blank: always; for a move: from today.
units-column-hint-valid-to = Last day, if any.

units-import-link = Import a list
units-import-title = Import a list of units
units-import-lead = Choose a CSV or Excel table. You first see what would be added and changed and which rows are left out; nothing is written until you confirm.
units-import-template = Download the table, filled with your units as they are:
units-import-file = Table of units
units-import-file-hint = .xlsx or .csv (UTF-8), up to 8 MB and 20,000 rows.
units-import-do = Preview
units-import-columns = Columns of the table
units-import-required = Columns with * are required. Any order; names in Vietnamese or English, with or without marks.
units-import-not-read = This table could not be read. Nothing was changed.
units-import-changed = The tree of units changed after the preview, so nothing was written. This is the new preview: look at it and confirm again.
units-import-add = Units to add
units-import-change = Units to change
units-import-unchanged = Units that stay as they are
units-import-refused = Rows left out
units-import-sheet = Read the sheet “{ $sheet }”.
units-import-other-sheets = Not read: { $sheets }.
units-import-ignored = Unknown columns, not read: { $columns }.
units-import-nothing = This table changes no unit.
units-import-again = Choose another table
units-import-confirm-lead = Nothing is written yet. Confirming writes exactly what is listed below.
units-import-refused-lead = { $count ->
    [one] { $count } row is left out; you can correct the table and import it again later.
   *[other] { $count } rows are left out; you can correct the table and import it again later.
}
units-import-confirm = Confirm and write
units-import-row = Row
units-import-column = Column
units-import-why = Reason
units-import-what = Change
units-import-more = And { $count } more.

problem-row-code-missing = The code is missing.
problem-row-too-long = Too long; { $most } characters at the most.
problem-row-kind-unknown = No such kind of unit. The kinds stand in the description of the columns.
problem-row-line-wrong = A line has only letters and digits, such as “education”.
problem-row-count-wrong = The headcount is a whole number from 0 to 10,000,000.
problem-row-day-wrong = Not a day. Write 1/7/2026.
problem-row-days-reversed = The last day is before the first.
problem-row-merged = The cell is merged with another. Unmerge it and fill in every row.
problem-row-formula = The cell has a formula without a result. Put the value instead.
problem-row-repeated = Same unit and line as row { $first }.
problem-row-contradicts = Differs from row { $first } about the same unit.
problem-row-parent-missing = The code of the unit above is missing.
problem-row-parent-unknown = There is no unit with the code { $parent }, neither here nor in the table.
problem-row-parent-refused = The row of the unit above, { $parent }, is left out, and so is this one.
problem-row-ring = The units stand above one another in a ring: { $ring }.
problem-row-too-deep = More than 30 levels. Check the column of the unit above.
problem-row-unit-outside = This unit is outside your scope.
problem-row-parent-outside = The unit above, { $parent }, is outside your scope.
problem-row-overlaps = The unit already has another place in this line at that time.
problem-table-empty = The file has no rows.
problem-table-too-large = The file is too large ({ $most } MB at the most, also once unpacked). Split it.
problem-table-too-many-rows = The table has more than { $most } rows. Split it.
problem-table-not-utf8 = Line { $line } is not UTF-8 (it may be Windows-1258, Latin-1 or TCVN3). In Excel choose “CSV UTF-8”, or send the .xlsx.
problem-table-binary = The file is neither CSV nor Excel (.xlsx).
problem-table-open-quote = A quotation mark is opened and never closed, so that rows run into each other. Correct it, or save it again with Excel.
problem-table-old-workbook = An old Excel file (.xls), or one with a password. Save it as .xlsx without a password.
problem-table-gone = This table was previewed more than 24 hours ago and is not kept any more. Choose the file again, look at the preview and confirm it.
problem-table-broken-workbook = The Excel file is damaged. Open it and save it as .xlsx again.
problem-table-columns-missing = The table lacks the columns { $columns }. It has: { $found }.
problem-table-columns-twice = Two columns of the table are { $columns }. Keep one.
problem-unit-has-below = { $count ->
    [one] { $count } unit stands below it after this day. Move it first.
   *[other] { $count } units stand below it after this day. Move them first.
}
problem-unit-is-root = The topmost unit cannot be closed here.

tokens-title = Tokens
tokens-lead = With a token the lamsach program on a computer of your unit can send its results here without a password. Give each computer a token of its own.
tokens-secret = This is the new token. It is shown this once: copy it now and keep it secret.
tokens-none-allowed = You may not make tokens for any unit.
tokens-none = There are no tokens yet.
tokens-until = valid until { $day }
tokens-revoke = Revoke
tokens-revoked = Revoked
tokens-label = A name to remember it by, such as: DNS server, main office
tokens-create = Make a token

codes-title = Enrolment codes of the clean-up tool
codes-lead = The tool on the unit's PCs signs its results with this code. Nobody can read anything here by it.
codes-none = There are no codes yet.
codes-label = A name to remember it by, such as: office PCs
codes-create = Make a code
codes-made = This is the new code. It is shown this once:
codes-file-name = It may stand in the name of the program's file that you give to people:
codes-used = last result { $day }
