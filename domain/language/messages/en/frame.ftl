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

notice-saved = Saved.
notice-acknowledged = The letter is acknowledged.
notice-launched = The campaign is launched in your unit.
notice-passed-on = The letter was passed on to the chosen units.
notice-campaign-launched = The campaign is launched. Its receivers have the letter.
notice-campaign-closed = The campaign is closed and the reports handed in are locked.
notice-reminded = The reminder was sent.
notice-log-checked = The logs were checked. The results are below.
notice-log-taken-back = The log was taken back. What rested on it alone is gone.
notice-device-merged = The two devices were merged. They can be split again at any time.
notice-device-split = The device was split.
notice-log-not-checked = Some files could not be checked. See the list of logs below and try the missing ones again.
error-typed = What you typed
error-typed-hint = It is not saved. Copy it before you leave this page.
error-back = Back
error-home = Home page
