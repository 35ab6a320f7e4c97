# The command lamsach match: logs against lists of malicious addresses.

# Called in a wrong way.
match-no-log = No log is named. For example: lamsach match --indicators list.txt dns.log. With several lists behind one option, put “--” before the logs.
match-stdin-twice = “-” (standard input) can be used once only.
match-unknown-format = There is no log format called “{ $name }”. The formats are:
match-unknown-zone = There is no time zone called “{ $name }”. Use an IANA name such as Asia/Ho_Chi_Minh or UTC.
match-threads = “{ $value }” cannot be the number of threads. Write a number from 1 to { $most }.
match-list-missing = There is no such list of malicious addresses: { $path }
match-list-folder = { $path } is a folder. Name each list.
match-list-unreadable = The list of malicious addresses { $path } cannot be opened: { $why }
match-log-missing = There is no such log: { $path }
match-log-unreadable = The log { $path } cannot be opened: { $why }
match-empty-folder = There is no file in the folder { $path }.
match-pattern-empty = No file fits the pattern { $pattern }. Check the folder and the name.
match-pattern-wrong = { $pattern } is not a pattern. Use * for a part of a name, ** for any folders, [abc] for one of some letters.
match-list-all-refused = { $name }: { $count ->
    [one] its only value cannot be used.
   *[other] none of its { $count } values can be used.
} Is it a list of malicious addresses? If it is a log, put it at the end. The first value, line { $line }: { $text }
match-lists-empty = The lists hold no malicious address, so there is nothing to look for.
match-archive-unusable = The folder { $path } cannot be used for --archive: { $why }. Name another one, or change its rights.
match-lists-too-large = The lists together are too large: { $why }

# While it runs.
match-progress-left = left
match-stopping = Stopping; what was read will be shown. Press Ctrl-C again to leave at once.

# The result.
match-title = Logs checked against lists of malicious addresses
match-findings = TO BE HANDLED: { $devices ->
    [one] { $devices } device
   *[other] { $devices } devices
}{ $behind ->
    [0] {""}
    [one] , { $behind } address with a log behind it to look at
   *[other] , { $behind } addresses with a log behind them to look at
}, { $findings ->
    [one] { $findings } finding
   *[other] { $findings } findings
}
match-findings-title = Devices to be handled
match-no-findings = No device was seen contacting a malicious address in what was read.
match-others = NOT FINDINGS: { $count }, listed for information
match-others-title = Not findings, listed for information
match-others-why = Scanned from outside: a malicious address probed the device, which did not connect to it. Only mentioned: the name stands in a query string, nobody connected.
match-device = Device
match-device-unknown = Unknown (the log does not say)
match-destination = Contacted
match-malicious = Malicious address
match-by-indicator = by { $indicator }
match-verdict = Verdict
match-count = Times
match-seen = Time
match-line = line { $line }
match-logs = Logs
match-read = Logs read
match-file = File
match-format = Format
match-lines = Lines
match-matched = Matched
match-not-parsed = Not parsed
match-total = Total
match-not-parsed-such-as = lines not parsed, such as:
match-meant-as-list = If this is a list: write --indicators before each list.
match-complete = Every line of every file was read.
match-incomplete = INCOMPLETE: some files or lines could not be read. That nothing was found there does not mean it is clean.
match-incomplete-empty = INCOMPLETE: some logs are empty. An empty log says nothing; it does not mean clean.
match-too-many = There are too many sightings, so that some are not listed. Check the logs in parts, or look at the lists: one address may be too broad.
match-lists = Lists of malicious addresses
match-list-taken = { $accepted ->
    [one] { $accepted } address used
   *[other] { $accepted } addresses used
}, { $refused } refused
match-refused = { $count ->
    [one] { $count } value refused
   *[other] { $count } values refused
}
match-refused-title = values refused
match-refused-more = and { $count } more
match-place = Place
match-value = Value
match-why = Reason

# The page to print.
match-site = Site
match-at = Checked at
match-next = What to do next
match-next-find = Find the device by the address and time in the table: address leases (DHCP), network plan, host names.
match-next-behind = If the address belongs to a DNS server, a proxy or a shared router (NAT), the device is behind it. Take the log of that machine itself and check again.
match-next-isolate = Take a device that connected off the network. Keep the original log as evidence.
match-next-clean = Scan and clean it with the campaign's clean-up tool. Cameras, routers, phones, storage boxes: reset to factory settings, update, change passwords, and write down what was done.
match-next-case = Open a case for each device and report on the campaign's form.
match-next-again = Keep logging and check again: a device is verified clean only when it has not been seen for 14 days with logs.
match-next-unread = Read the rest: see the reason at each file under “Logs read”, then check again.
match-next-empty = Find out why a log is empty (is the device writing it, was the file copied wrongly?), then check again.
match-next-clear = Keep logging, and check again when there are new lists.
match-private = This page holds addresses of devices and log lines, which are personal data: keep it inside the organisation.

match-names-unreadable = The file { $path } cannot be read: { $why }
match-names-unknown-format = { $path }: not a known kind of file that tells names of devices. Known are DHCP leases and logs, what ip neigh or arp -a print, and a CSV inventory with at least two of the columns ip, mac, name.
match-names-too-many = { $path }: too many lines about devices. Give only the files of the time the logs are from.
match-names-taken = { $claims ->
    [one] { $claims } line tells
   *[other] { $claims } lines tell
  } names of devices{ $others ->
    [0] {""}
   *[other] , { $others } of other sites
  }{ $refused ->
    [0] {""}
   *[other] , { $refused } refused
  }
match-names-title = Files that tell names of devices
match-name-said = (by { $source }, confidence { $confidence })
name-source-log = the log
name-source-dhcp-lease = DHCP leases
name-source-dhcp-log = DHCP log
name-source-neighbour-table = neighbour table
name-source-inventory = inventory
name-confidence-low = low
name-confidence-medium = medium
name-confidence-high = high
names-refused-not-understood = This line is not understood.
names-refused-bad-address = Not the IP address of a device.
names-refused-bad-mac = Not the MAC address of a device.
names-refused-bad-time = The time cannot be read.
names-refused-bad-interval = It ends before it begins.
names-refused-no-device = Neither a MAC address nor a name.
names-refused-needs-site = The inventory has several sites: add --site to choose that of the logs.
names-refused-too-long = The line is too long.
names-refused-unknown-role = The column of the role is not understood (known: dns, proxy, nat, or nothing); the other columns are used.
intermediary-dns-forwarder = a DNS forwarder: look at the log behind it
intermediary-proxy = a proxy: look at the log behind it
intermediary-nat = NAT, one address of many devices: look at the log behind it
intermediary-ask-dns-forwarder = This address asks name servers for others and is not the device to handle. Get the query log of that very machine: it has the addresses of those who asked.
intermediary-ask-proxy = This address fetches pages for others and is not the device to handle. Get the access log of the proxy, with the addresses of its clients.
intermediary-ask-nat = Several devices go out by this address: it is not one device to handle. Get the connection log of the firewall or router that has the inner addresses (before NAT).
told-by-person = as given
told-by-inventory = by the inventory
told-by-log = the log shows it
match-stands-for = [{ $role }; { $source }]
match-behind = LOOK AT THE LOG BEHIND
match-stand-in-wrong = { $value } is neither an IP address nor a network (for example 192.0.2.1 or 192.0.2.0/24)
