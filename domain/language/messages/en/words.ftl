# Closed sets of words: states, roles, kinds.
campaign-state-draft = Being written
campaign-state-launched = Running
campaign-state-closed = Closed

receiver-action = For action
receiver-coordination = For coordination
receiver-information = For information

receipt-delivered = Sent to the unit
receipt-opened = Opened
receipt-acknowledged = Acknowledged
receipt-launched = Launched
receipt-reported = Reported
receipt-late = Late

deadline-before = Before
deadline-at-latest = At the latest on
deadline-shown = Due: by the end of { $day }.

case-state-opened = Opened
case-state-notified = Notified
case-state-cleaning = Being cleaned
case-state-declared-clean = Declared clean
case-state-verified-clean = Verified clean
case-state-closed = Closed
case-state-false-positive = False positive
case-state-reinfected = Reinfected

case-step-notify = The user was told
case-step-start-cleaning = Start cleaning
case-step-declare-clean = Declare clean
case-step-mark-false-positive = False positive
case-step-reopen = Reopen the case
case-step-close = Close the case

case-event-opened = Case opened
case-event-seen-again = Seen again after it was declared clean
case-event-verified = Verified clean by the system
case-event-notify = The user was told
case-event-start-cleaning = Cleaning began
case-event-declare-clean = Declared clean
case-event-mark-false-positive = Marked as a false positive
case-event-reopen = Reopened
case-event-described = Device named
case-event-kind-changed = Kind of device set
case-event-stands-as-changed = Role in the network set
case-event-merged = Merged with the device
case-event-split = Split from the device
case-event-log-taken-back = Log taken back
case-event-verification-withdrawn = No longer verified: the log it rested on was taken back
case-event-seen-again-withdrawn = No longer seen again: the log that showed it was taken back
case-event-close = Closed
case-event-scan-found = The clean-up tool found on the PC
case-event-scan-clean = The clean-up tool scanned the whole PC and found nothing

report-state-draft = Being written
report-state-approved = Approved by the unit's leader
report-state-submitted = Submitted, not noted yet
report-state-supplement-asked = Supplement asked for
report-state-noted = Noted
report-state-locked = Locked
report-state-missing = Not reported

report-step-edit = Edited
report-step-approve = Approved by the unit's leader
report-step-hand-back = Handed back by the unit's leader
report-step-submit = Submitted
report-step-note = Noted by the focal unit
report-step-ask-supplement = Supplement asked for by the focal unit
report-step-lock = Figures locked

role-administrator = Administrator
role-coordinator = Coordinator
role-approver = Approver
role-officer = Officer
role-auditor = Auditor

unit-kind-people-committee = People's committee
unit-kind-department = Department
unit-kind-commune = Commune
unit-kind-school = School
unit-kind-health = Health facility
unit-kind-enterprise = Enterprise
unit-kind-other = Other

line-territorial = territorial line
line-education = education line
line-health = health line

device-kind-unknown = Not known
device-kind-computer = Computer
device-kind-server = Server
device-kind-phone = Phone or tablet
device-kind-camera = Camera
device-kind-router = Router or Wi-Fi
device-kind-printer = Printer or scanner
device-kind-other = Other device
device-stands-as-device = An ordinary device
device-stands-as-dns-forwarder = A DNS forwarder
device-stands-as-proxy = A proxy
device-stands-as-nat = NAT, one address of many devices

verdict-connected = Connected
verdict-attempted = Tried to connect
verdict-dns-resolved = Name resolved
verdict-dns-queried = Name asked for
verdict-dns-blocked = Name blocked
verdict-inbound-scan = Scanned from outside
verdict-mention-only = Only mentioned

scan-verdict-clean = Clean
scan-verdict-incomplete = Not scanned whole
scan-verdict-risky = Risky
scan-verdict-suspicious = Suspicious
scan-verdict-infected = Infected
scan-scope-computer = Whole PC
scan-scope-quick = Quick check
scan-scope-places = Some folders
case-event-report-found = Another tool found on the PC
case-event-report-cleaned = Another tool found and says it dealt with all of it
case-event-report-clean = Another tool scanned and found nothing
scan-scope-unknown = Not known
scan-source-lamsach-clean = lamsach-clean
scan-source-defender = Microsoft Defender
scan-source-kvrt = KVRT
scan-source-clamav = ClamAV
scan-source-table = The unit's table
scan-action-unknown = not known whether handled
scan-action-cleaned = cleaned
scan-action-quarantined = quarantined
scan-action-removed = removed
scan-action-blocked = blocked, still on the PC
scan-action-allowed = allowed, still on the PC
scan-action-failed = could not be handled
scan-action-left = not handled
report-refused-not-understood = not understood
report-refused-no-threat = does not name the threat
report-refused-bad-time = its time cannot be read; the finding counts
report-refused-too-many = more than one file may hold
report-refused-damaged = the file is damaged or cut off

# Why the system could not do something.
system-not-found = there is no such file or folder
system-denied = no permission
system-exists = there is a file or folder of that name
system-is-folder = it is a folder, not a file
system-no-folder = something on the path is no folder
system-not-empty = the folder is not empty
system-full = the disk is full
system-read-only = the disk is read only
system-too-large = the file is too large
system-busy = another program uses it
system-name = the name is too long or not valid
system-address-in-use = another program uses this address and port
system-no-address = this computer has no such address
system-refused = the other side refuses connections
system-cut = the connection was cut
system-unreachable = there is no way to it in the network
system-timed-out = there was no answer in time
system-ends-early = it ends too early
