# Cases.
cases-all = Cases
cases-open = To be handled
cases-handled = Handled
cases-verified = Of these, verified
cases-none = There are no cases yet. A case is opened when a checked log shows a finding.
cases-number = No.
cases-seen = Indicators seen
cases-found-by-scan = malware on it (a scan found it)
cases-more = and { $count } more
scans-more = and { $count } more
cases-state = State
cases-changed = Changed
case-title = Case { $number }
case-back = All cases
case-reinfections = { $count ->
    [one] reinfected once
   *[other] reinfected { $count } times
}
case-advice-opened = Find the user or keeper of the device, tell them, and take the device off the network before cleaning.
case-advice-notified = The user was told. Take the device off the network and start cleaning.
case-advice-cleaning = Scan the whole device; update, reset and change the password of a camera or router. Then write down what was done and declare it clean.
case-advice-declared-clean = The system verifies it once the device has not been seen on enough days whose logs were read. Please keep sending the daily logs of this site.
case-advice-verified-clean = Verified. The case can be closed.
case-advice-closed = The case is closed. It opens again by itself if the device is seen once more.
case-advice-false-positive = This finding was wrong and does not count.
case-advice-reinfected = The device contacted a malicious address after it was declared clean. Look for the cause: remains of the malware, a USB stick, or cracked software installed again.
case-since-false-positive = { $count ->
    [one] Since the case was recorded as a false positive, { $count } more sighting of this device came.
   *[other] Since the case was recorded as a false positive, { $count } more sightings of this device came.
}
case-since-last = Last contact: { $at }.
case-since-look = The case does not reopen by itself and is in no figure: please look at the evidence below, and reopen the case if it is none.
cases-since-false-positive = new contacts
case-waiting = Not seen on { $days } of the { $needed } days needed whose logs were read.
case-lacks-evidence = Not enough to verify it yet: the remedy must be on record; a PC on which a scanner found malware needs a scan of the whole PC by lamsach-clean that finds nothing.
case-seen-again = The device was seen after it was declared clean.
case-will-be-verified = The conditions are met; the system verifies it within minutes.
case-remedy = Remedy:
case-evidence = Evidence
case-no-evidence = No sighting belongs to this case any more.
case-indicator = Indicator
case-first = First seen
case-next = Next
case-note = Note
case-note-hint = Needed to declare clean (what was done), and to mark as a false positive or to reopen (why).
case-device = Device
case-device-label = Name
case-device-kind = Kind of device
case-device-stands-as = What it is in the network
case-device-stands-as-hint = A DNS forwarder, a proxy or NAT contacts what others want: its case then names the log to look at and is not counted as a device to handle.
case-device-stands-as-log = As the logs show
case-behind = This case is not counted as a device to handle. When the device behind it is found, end it by the step for false positives and name that device's case; if this very machine is infected, choose "an ordinary device".
case-named-by = Named by
case-confidence = confidence
case-stands-for = Role
cases-behind = A log behind them to look at
sighting-warning = also in a warning list: { $list }
case-sites = Site
case-names = Addresses and names in logs
case-goes-on = The device of this case was merged with another. The work goes on in
case-goes-on-link = case { $number }
case-merge = Merge with another device
case-merge-hint = When two devices of the list are in truth one (a computer whose address changed, say), merge them so that it counts once. The case with more work left goes on. They can be split later.
case-merge-other = The device that is the same as this one
case-merge-do = Merge
case-merged = Merged into this device
case-split-do = Split
case-history = History

# Results of scans by the clean-up tool.
scans-import = Bring results of scans
scans-lead = Files that the clean-up tool wrote (lamsach-clean scan --result), signed with an enrolment code of the unit. The same result twice counts once.
scans-file = Files with results
scans-do = Bring them in
scans-too-many = At most 500 files are taken at once. From this file on { $count } were not taken: choose and bring them next.
scans-none = There are no results yet.
tools-title = Clean-up tool
tools-lead = The program lamsach-clean scans the PC, explains what it found, cleans, and can undo it. It needs no installation. Compare the SHA-256 after downloading.
tools-lead-unit = Download the program with the unit's enrolment code in the file's name: results are signed with it. Do not rename the file; the “ (1)” that a browser adds does no harm. The program itself is not changed. One file serves every PC of the unit.
tools-none = This portal has no program for download yet: ask the focal unit.
tools-none-unit = This portal has no program for download yet. The server's administrator puts lamsach-clean and lamsach-clean.exe into the folder given with --tools.
tools-code = A code that the unit has (optional)
tools-code-hint = When left empty a new code of the unit is made, which holds for a year; it can be revoked on the page of access tokens.
tools-get-windows = Download for Windows (lamsach-clean.exe)
tools-get-linux = Download for Linux (lamsach-clean)
tools-megabytes = { $size } MB
tools-kilobytes = { $size } kB
tools-pack = Pack for the tool
tools-pack-lead = Put the pack and the file of keys, lamsach-clean.keys, beside the program: the tool checks the signatures and uses it by itself.
tools-pack-get = Pack { $name }, serial { $serial }
tools-keys-get = File of keys
tools-pack-issued = issued { $moment }
tools-pack-expires = current until { $day }
tools-pack-expired = Expired
tools-no-pack = There is no pack yet.
campaign-pack-hint = A signed pack (an .lspack file, made by lamsach indicators pack) that units download with the program. The first one brings its file of keys; later ones are checked with that. To change the keys, send the new file of keys with a pack that enough of the old and of the new ones have signed.
campaign-pack-file = Pack (.lspack)
campaign-pack-keys = File of trusted keys
campaign-pack-add = Add the pack
scans-other-tools = Results of other tools are taken too: Microsoft Defender (Get-MpThreatDetection or Get-MpThreat as CSV, JSON or CLIXML; its event log as EVTX or XML), KVRT (report_*.klr, .enc1), ClamAV (logs of clamscan, clamdscan, clamd), and a table, CSV or XLSX, with columns for device, time, path, threat and action. The file is read and not kept; paths are shortened.
scans-device = Name of the PC
scans-device-hint = Where the file of another tool does not name it.
scans-with-risks = Count cracked and unwanted software too (only where the unit has chosen to tell it)
scans-source = Tool
scans-report-devices = { $count ->
    [one] results of one PC taken.
   *[other] results of { $count } PCs taken.
}
scans-report-found = { $count ->
    [one] One PC has findings and a case.
   *[other] { $count } PCs have findings, each with a case.
}
scans-report-risks = { $count ->
    [one] One cracked or unwanted program was left out.
   *[other] { $count } cracked or unwanted programs were left out.
}
scans-report-refused = { $count ->
    [one] One place was not understood:
   *[other] { $count } places were not understood:
}
scans-report-place = Line or entry { $place }:
scans-just-brought = Files just brought
scans-known = This result was here already; nothing is counted twice.
scans-taken = Taken.
scans-case = Taken, case { $number }.
scans-verdict = Verdict
scans-found = Found
scans-scope = How far
scans-packs = Packs
scans-no-pack = none was used, so it does not prove that the PC is clean
scans-at = Scanned at
