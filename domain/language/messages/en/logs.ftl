# Checking logs.
logs-check = Check logs
logs-lead = Choose a log of your DNS server, firewall or proxy. It is matched line by line against the campaign's indicator lists; only matching contacts are kept.
logs-here = The log does not leave this PC.
logs-here-how = The browser reads the file and matches it here; not one byte of the file is sent. The system gets the sightings only.
logs-here-sent = What is sent to the system
logs-here-sent-what = The file's name, SHA-256, format, number of lines and the days in it. Of each match: device, malicious address, verdict, count, first and last time, and the place of the line. The line itself is not sent: it is shown in this browser only, until the tab is closed or you sign out.
logs-here-list = Fetching the list of malicious addresses to this PC: %percent%
logs-here-reading = Matching on this PC: %file · %percent% · %rate MB/s · about %left left
logs-here-sending = Matched; sending the results…
logs-here-stopped = Stopped. The file under way was not counted; results of finished files are kept.
logs-here-failed = This browser cannot match on this PC. Nothing of the file was sent. Use the command lamsach match on a PC of your unit, or agree above to send the file and press Check again.
logs-here-unsent = Matched, but the results could not be sent. Please check the connection and press Check again; the same file does not count twice.
logs-line-here = This line is in this browser only; the system does not keep it.
logs-unlisted = { $count ->
    [one] { $count } sighting was not taken because the campaign's lists have just changed; please check this file again.
   *[other] { $count } sightings were not taken because the campaign's lists have just changed; please check this file again.
}
logs-upload-how = The file is sent to the system, read line by line and thrown away, not stored. For { $days } days the system keeps a summary of which device contacted which name or address, to look back by itself when a list gains malicious addresses.
logs-upload-instead = Send the file to the system for matching
logs-consent = I agree to send the log to the system for matching.
logs-no-module = This system cannot match on the PC of its users yet.
logs-no-script = JavaScript is switched off, so nothing can be matched on this PC.
logs-site = Site
logs-site-hint = Where the log was written, such as: main office. Each site has its own network, so the same IP address at two sites is two devices.
logs-file = Log files
logs-file-hint = Drop files here or click to choose; several are fine. Logs of name servers, firewalls, proxies and network sensors are understood, also compressed as .gz, .xz, .bz2 or .zst, or several in a .zip.
logs-do = Check
logs-progress = Progress of the check
logs-reading = %percent% sent · %rate MB/s · about %left left
logs-matching = All sent, matching…
logs-seconds = %count s
logs-minutes = %count min
logs-stopped = Stopped. The file under way was not counted; results of finished files are kept.
logs-failed = The file could not be sent. Please check the connection and press Check again; sending the same file again does not count twice.
logs-refused = The system could not take this file. Please reload the page, sign in again if asked, and try once more.
logs-outcome = { $lines ->
    [one] { $lines } line read
   *[other] { $lines } lines read
}, { $findings ->
    [one] { $findings } finding on { $devices }.
   *[other] { $findings } findings on { $devices }.
}
logs-not-parsed = { $count ->
    [one] { $count } line could not be read and was not checked.
   *[other] { $count } lines could not be read and were not checked.
}
logs-repeat = This file had been sent before: its results were replaced, not added.
logs-findings = Findings to handle
logs-others = Other sightings, not findings
logs-others-hint = A device was scanned from outside, or the address was only mentioned in a link. These do not count as infected and are listed for information.
logs-no-sightings = No contact with a malicious address was seen. That means something only once the logs of every site were checked.
logs-device = Device
logs-destination = Malicious address
logs-verdict = Verdict
logs-count = Times
logs-last = Last seen
logs-evidence = Evidence
logs-place = { $file }, line { $line }
logs-line = Show the line
logs-sources = Logs checked
logs-unsure = A list gained a web address of a site that a device in this log contacted, or the summary cannot be read: please check this file again.
logs-no-sources = No log was checked yet.
logs-file-name = File
logs-format = Format
logs-lines = Lines
logs-unread-lines = Not read
logs-when = When
logs-empty = Empty file
logs-site-default = Main office
logs-kept = Matching lines are kept for { $days } days as evidence and then deleted; only people of the unit can read them, nobody above it.
logs-not-done = Not done
logs-just-checked = Just checked
logs-devices = { $count ->
    [one] { $count } device
   *[other] { $count } devices
}
logs-findings-summary = { $devices } with { $sightings }.
logs-sightings = { $count ->
    [one] { $count } sighting
   *[other] { $count } sightings
}
logs-take-back = Take back
logs-take-back-of = Take { $file } back
logs-take-back-title = Take back a checked log
logs-take-back-lead = For a file that was sent by mistake or under the wrong site. This is recorded in the audit log.
logs-take-back-sightings = Sightings that go
logs-take-back-gone = Cases that go, because they rest on this file alone and nobody has worked on them
logs-take-back-kept = Cases that stay, because somebody has worked on them; they note that the log was taken back
logs-take-back-none = None
logs-take-back-coverage = Days of this file no longer count as watched unless another file has them.
logs-take-back-do = Take this log back
logs-incomplete = Incomplete
logs-names = Files that tell which device is which (optional)
logs-names-hint = Tomorrow an IP address may be another machine's. With DHCP leases or logs, the output of ip neigh or arp -a, or an inventory as CSV (columns ip, mac, name), findings carry the name of the right device. These files are read and not kept.
logs-names-refused = Line { $line }: { $reason }
logs-names-taken = %claims lines that tell names of devices, %others lines of other sites, %refused lines refused
logs-names-none = No log was checked yet.
logs-names-late = Files that tell names of devices have to stand before the logs in what is sent; this one was not used. Please send both again.
logs-see-outcome = See the outcome
