# Buttons and notices of every page.
web-save = Save
web-add = Add
web-remove = Remove
web-cancel = Stop

nav-sections = Sections of the campaign
nav-up = Back to the progress board
nav-edit = Edit
nav-letter = Letter
nav-logs = Check logs
nav-scans = Scans of PCs
nav-cases = Cases
nav-report = Report
nav-board = Progress
nav-roll-up = Roll-up

error-typed = What you typed
error-typed-hint = It is not saved. Copy it before you leave this page.
error-back = Back
error-home = Home page
