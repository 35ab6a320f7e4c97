# What was just done, said once at the top of the next page.
notice-first-run-done = The portal is set up. You are signed in as its administrator.
notice-invitation-accepted = Welcome. Your account is ready.
notice-account-saved = Your account was saved.
notice-password-changed = The password is changed.

notice-units-imported = The list of units is written.
notice-unit-edited = The unit was saved.
notice-unit-added = The unit was added.
notice-unit-moved = The unit was moved below its new unit.
notice-unit-ended = The day on which the unit ends was saved.
notice-role-granted = The role was given.
notice-role-revoked = The role was taken away.
notice-person-locked = The account was locked.
notice-person-unlocked = The account was unlocked.
notice-token-revoked = The token was revoked.
notice-code-revoked = The enrolment code was revoked.

notice-campaign-created = The campaign was created. The letter has not been sent: add lists, choose receivers, then launch it.
notice-campaign-saved = The campaign was saved.
notice-receivers-saved = The receivers were saved.
notice-attachment-added = The attachment was added.
notice-list-added = The indicator list was added.
notice-list-withdrawn = The indicator list was withdrawn.
notice-pack-added = The pack for the clean-up tool was added.
notice-pack-withdrawn = The pack was withdrawn.
notice-campaign-launched = The campaign is launched. Its receivers have the letter.
notice-campaign-closed = The campaign is closed and the reports handed in are locked.
notice-reminded = The reminder was sent.

notice-acknowledged = The letter is acknowledged.
notice-launched = The campaign is launched in your unit.
notice-passed-on = The letter was passed on to the chosen units.
notice-told = The organisation is listed as told.
notice-untold = The organisation was taken off the list of those told.

notice-no-file = No file to check was chosen.
notice-log-checked = The logs were checked. The results are below.
notice-log-taken-back = The log was taken back. What rested on it alone is gone.

notice-case-notified = It is recorded that the user was told.
notice-case-cleaning = It is recorded that cleaning began.
notice-case-declared-clean = The device is declared clean. The system will verify it.
notice-case-false-positive = Recorded as a false positive. The device counts in no figure any more.
notice-case-reopened = The case was reopened.
notice-case-closed = The case was closed.
notice-device-described = The device was saved.
notice-device-merged = The two devices were merged. They can be split again at any time.
notice-device-split = The device was split.

notice-report-saved = The report was saved. It still has places to fill in or correct, so it is not before the unit's leader yet.
notice-report-whole = The report was saved and is before the unit's leader for approval.
notice-report-approved = The report is approved. It has not been sent: submitting it comes next.
notice-report-handed-back = The report was handed back to its author.
notice-report-submitted = The report was submitted to the focal unit.
notice-report-noted = Note was taken of the report.
notice-supplement-asked = The unit was asked for a supplement.
notice-report-locked = The report's figures are locked.
notice-proposal-answered = The answer to the proposals was saved; the unit sees it on the page of its report.
