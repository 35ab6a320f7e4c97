# Frame of the portal's pages.
web-tagline = Malware clean-up
web-skip = Skip to the content
web-nav = Main sections
web-foot = Lamsach – free software for malware clean-up campaigns: publish, check, monitor, clean, report.
web-sign-in = Sign in
web-sign-out = Sign out
web-problems = Not saved yet. Please correct the following:

sign-in-title = Sign in
sign-in-login = Login
sign-in-password = Password
sign-in-help = No account, or forgot the password? Ask the administrator of your unit, or of the unit above it, for a new invitation.

first-run-title = First set-up
first-run-lead = This portal is empty. Enter the authority that runs it and its first administrator.
first-run-unit-name = Name of the authority
first-run-unit-code = Code of the authority
first-run-unit-code-hint = Capital letters and digits, groups separated by dots, such as H59.12.
first-run-name = Name of the administrator
first-run-password-hint = At least 10 characters. A long sentence that is easy to remember is best.
first-run-submit = Start

home-title = My work


problem-sign-in = The login or the password is wrong.
problem-sign-in-wait = Too many failed sign-ins. Please wait { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
} and try again.
problem-login = A login has 3 to 100 characters: letters without marks, digits and . - _ @ +.
problem-name = Please enter a name (at most 200 characters).
problem-password = The password needs at least { $least } characters and must not contain the login.
problem-password-common = Many people use this password, or it is easy to guess. Choose a long sentence that you remember; no common words, rows of keys, dates or login.

problem-unit-code = A unit's code has capital letters and digits in groups separated by dots, at most 35 characters.
problem-unit-code-taken = This unit code exists already.
problem-unit-name = Please enter the unit's name (at most 300 characters).

error-signed-out = Your session has ended
error-signed-out-advice = Please sign in again; what was saved is still there.
error-denied = You may not do this
error-denied-advice = If you need to, ask the administrator of your unit.
error-not-found = Not found
error-not-found-advice = The address may be old, or this is outside your unit.
error-invalid = What was sent could not be taken
error-invalid-advice = Nothing was changed. Please go back, correct it and send it again.
error-conflict = Somebody else has just changed this
error-conflict-advice = Nothing was overwritten. Please reopen the page to see the newest state and go on.
error-too-many = Too many attempts
error-too-many-advice = Please wait a few minutes and try again.
error-bad-request = What was sent could not be read
error-bad-request-advice = Please reload the page and try again.
error-cross-origin = This request came from another site
error-cross-origin-advice = For safety only what is sent from the portal's own pages is taken. Nothing was changed. Please open the home page and do it there; if this comes again, tell the administrator.
error-internal = The system has a fault
error-internal-advice = Nothing was lost. Please try again in a few minutes; if it fails again, tell the administrator.
