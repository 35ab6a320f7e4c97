# The command line of lamsach: help, and what is said about wrong arguments.
cli-usage = Usage
cli-commands = Commands
cli-command-word = COMMAND
cli-arguments = Arguments
cli-options = Options
cli-options-word = OPTIONS
cli-note-default = default: { $value }
cli-note-env = environment variable: { $value }
cli-note-values = one of: { $value }

cli-about-lamsach = Lamsach: runs a malware clean-up campaign, and takes part in one.
cli-after-lamsach =
    Help of each command:  lamsach COMMAND --help
    Bằng tiếng Việt:       lamsach --language vi --help
cli-about-match = Finds the devices in logs that talk to malicious addresses
cli-after-match =
    Examples:
      lamsach match --indicators list.txt dns.log
      lamsach match --indicators a.csv --indicators b.txt --output html logs/ > result.html
      zcat old.gz | lamsach match --indicators list.txt --format bind -
      lamsach match --indicators list.txt --send https://portal.example --site Office dns.log

    Exit status: 2 error, else 1 findings, else 3 something could not be read, else 0.
cli-about-hunt = Looks back: which devices talked to an address before it was known to be malicious
cli-after-hunt =
    Examples:
      lamsach match --archive kept/ --indicators list.txt dns.log
      lamsach hunt --archive kept/ --indicators new-list.txt

    Exit status: 2 error, else 1 findings, else 3 something could not be read, else 0.
cli-about-serve = Runs the portal of a campaign
cli-about-watch = Watches all the time: tells at once which device talks to a malicious address
cli-after-watch =
    Examples:
      lamsach watch --indicators list.txt --follow /var/log/named/query.log
      lamsach watch --indicators list.txt --syslog udp://0.0.0.0:514 --syslog tcp://0.0.0.0:601
      lamsach watch --indicators list.lsx --follow dns.log --site "Head office" --spool /var/lib/lamsach-watch --send https://portal.example --token-file token.txt

    SIGHUP reads the lists again; so does any change of their files.
cli-about-backup = Writes everything a portal holds into one file
cli-about-restore = Restores a backup into an empty portal

cli-arg-help = Print this help
cli-arg-version = Print the version
cli-arg-language = Language of help and results: vi or en [default: vi]
cli-arg-indicators = Lists of malicious addresses: plain text with one a line, CSV, hosts file, or what lamsach indicators compile wrote; repeat the option for more lists
cli-arg-format = Format of the logs: auto (recognised by itself) or a name such as bind, fortigate, squid; a wrong name lists all of them
cli-arg-output = Form of the result: table for a terminal, json with one object a line, csv for a spreadsheet, html for one page to print
cli-arg-columns = For json and csv: what each column means, as device=src_ip,name=host,time=ts; the meanings: device, device-name, name, url, path, query, address, port, answers, time, outcome
cli-arg-delimiter = For csv: what stands between the columns, a character or tab; a comma by default
cli-arg-timezone = Time zone of logs that write local time, and of the table and page of results; csv and json give UTC
cli-arg-site = Site the logs are from, named in the result
cli-arg-names = File that tells which device an address was, may be repeated: DHCP leases or logs (dnsmasq, ISC, Kea, Windows), a neighbour table (ip neigh, arp -a), a CSV inventory (ip, mac, name, role, from, until, site)
cli-arg-forwarder = Address or network of a DNS forwarder, may be repeated: its sightings say which log behind it to look at
cli-arg-proxy = Address or network of a proxy, may be repeated: its sightings say which log behind it to look at
cli-arg-nat = Address or network that many devices share (NAT), may be repeated: its sightings say which log behind it to look at
cli-arg-threads = Threads that match, from 1 to 256 [default: one for each processor]
cli-arg-archive = Folder of what looking back needs: match writes the names and addresses that each device contacted into it, hunt searches there. It is as private as the logs themselves
cli-arg-send = Send the results, without log lines, to the portal at this address: https://…
cli-arg-token = Token of the unit. Others on this machine can see it: better use the variable LAMSACH_TOKEN or --token-file
cli-arg-token-file = File that holds the token
cli-arg-campaign = Id of the campaign, when several run for the unit
cli-arg-ca = Certificates (PEM) to trust for the portal instead of the public authorities
cli-arg-logs = Log files, plain, packed with gzip, zstd, xz or bzip2, or in a zip; a folder stands for all files in it, a quoted pattern such as 'logs/**/*.log' for all that fit, - for standard input
cli-arg-data = Folder of the data: the files, and the database unless --database names one
cli-arg-database = PostgreSQL database instead of a file in the folder: postgres://USER@HOST/NAME
cli-arg-listen = Address and port to listen at; port 0 takes a free one
cli-arg-tls-certificate = Certificate chain for HTTPS, a PEM file; goes with --tls-key
cli-arg-tls-key = Private key for HTTPS, a PEM file; goes with --tls-certificate
cli-arg-behind-proxy = A proxy that speaks HTTPS stands in front: plain HTTP may leave this machine
cli-arg-browser-module = The matcher that runs in browsers, as script/browser builds it; without the option lamsach-browser.wasm beside this program, if it is there
cli-arg-tools = Folder with lamsach-clean and lamsach-clean.exe for people to download; without it they are looked for beside the program, then in the folder tools of the data folder
cli-arg-demo = Fill an empty portal with demonstration data: 2026 is an invented province with communes (taken when no year is given); 2022 is one that still has districts, its clock runs in September 2022
cli-arg-log = What the program's own log on standard error holds: info, debug, warn,web=debug
cli-arg-log-json = Write the program's own log as JSON, one object a line
cli-arg-backup-file = The file to write; only its owner may read it
cli-arg-restore-file = The file that lamsach backup wrote
cli-arg-follow = A log file that is being written, followed also while it is renamed, packed or emptied (log rotation)
cli-arg-from-end = At the first start, begin with the line that is written next, not with what is there already
cli-arg-syslog = Listen for syslog messages, may be repeated: udp://ADDRESS:PORT, tcp://… or tls://…
cli-arg-netflow = Listen for flow records of routers and firewalls (NetFlow 5, 7, 9, IPFIX), may be repeated: ADDRESS:PORT
cli-arg-sinkhole = Be a name server that answers for listed names itself and passes all other questions on: ADDRESS:PORT; goes with --forward
cli-arg-forward = The name server that questions are passed on to: its IP address, with a port unless it is 53
cli-arg-answer = What listed names get: nxdomain (there is no such name), or the IP address of a page that explains; repeat it for IPv4 and IPv6 [default: nxdomain]
cli-arg-clients = Network that may ask besides this machine and private networks, may be repeated: 203.0.113.0/24
cli-arg-interface = Read the packets that pass a network interface, such as one that a switch mirrors to; may be repeated
cli-arg-user = Become this user once everything is open, and give up every other right
cli-arg-webhook = Post what is new, as JSON and without log lines, to this address: https://…
cli-arg-webhook-ca = Certificates (PEM) to trust for the webhook instead of the public authorities
cli-arg-syslog-tls-cert = Certificate chain for tls://, a PEM file; goes with --tls-key
cli-arg-syslog-tls-key = Private key for tls://, a PEM file; goes with --tls-cert
cli-arg-watch-output = What goes to standard output: json with one object a line, or none
cli-arg-sensor = Name of this place of watching, the same after each start [default: the name of the machine]
cli-arg-spool = Folder that keeps what was seen until it is sent; needed with --send. It is as private as the logs themselves
cli-arg-interval = Seconds between two reports of what grew; a first contact is told at once

cli-value-address = ADDRESS
cli-value-date = DATE
cli-value-file = FILE
cli-value-filter = FILTER
cli-value-folder = FOLDER
cli-value-id = ID
cli-value-kind = KIND
cli-value-language = LANGUAGE
cli-value-list = LIST
cli-value-log = LOG
cli-value-n = N
cli-value-seconds = SECONDS
cli-value-code = CODE
cli-value-columns = MEANING=COLUMN,…
cli-value-character = CHARACTER
cli-value-name = NAME
cli-value-network = NETWORK
cli-value-token = TOKEN
cli-value-url = URL
cli-value-world = YEAR
cli-value-zone = ZONE

cli-unknown-language = There is no language “{ $name }”. Choose vi or en.
cli-wrong = The command was not called in the right way.
cli-wrong-command = There is no command “{ $command }”.
cli-wrong-conflict = { $argument } cannot be used together with { $other }. Leave one of them out.
cli-wrong-help = More: { $command } --help
cli-wrong-meant = Did you mean “{ $meant }”?
cli-wrong-missing = The command lacks: { $argument }.
cli-wrong-no-command = No command is named.
cli-wrong-no-value = A value must follow { $argument }.
cli-wrong-takes-none = { $argument } takes no value: leave “{ $value }” out.
cli-wrong-twice = { $argument } can be used only once.
cli-wrong-unknown = This command does not take “{ $argument }”.
cli-wrong-utf8 = An argument is not UTF-8 text.
cli-wrong-value = { $argument } does not take the value “{ $value }”.
cli-wrong-values = Choose one of: { $values }.

cli-about-lamsach-clean = The clean-up tool: scans, explains, cleans, and can undo everything it changed.
cli-after-lamsach-clean =
    Help of each command:  lamsach-clean COMMAND --help
    Bằng tiếng Việt:       lamsach-clean --language vi --help
cli-about-scan = Finds malware in files by YARA rules and lists of hashes
cli-after-scan =
    Examples:
      lamsach-clean scan --rules rules/ --indicators hashes.csv D:\
      lamsach-clean scan --rules a.yar --root /mnt/disk --json > result.jsonl

    Exit status: 0 clean, 1 findings, 2 error, 3 not everything was scanned.
cli-arg-clean-rules = A file of YARA rules, or a folder with .yar and .yara files; may be repeated
cli-arg-clean-indicators = A list of MD5, SHA-1, SHA-256 hashes or file names; --hashes is the same; may be repeated
cli-arg-clean-root = The folder that another computer's disk is mounted at: paths are told as on that computer
cli-arg-clean-json = One JSON object a line: each finding, and the summary at the end
cli-arg-clean-gentle = Leave the computer to the person in front of it: at most 30 % of one core
cli-arg-clean-threads = Threads that scan, from 1 to 256 [default: one for each processor]
cli-arg-clean-no-unpack = Do not open archives and documents; the verdict is then incomplete
cli-arg-clean-memory = The file that remembers clean files, so that the next scan only reads what changed
cli-arg-clean-no-memory = Scan everything again and remember nothing
cli-arg-usb-clean-path = The stick to look at [default: the only one that is plugged in]
cli-arg-usb-clean-json = The plan as JSON, like the file of -o; with --clean the result as JSON
cli-arg-plan-clean-json = The plan as JSON, like the file of -o
cli-arg-clean-path = Files or folders to scan; the whole computer when none is named
cli-value-path = PATH
cli-about-plan = Makes a plan: what cleaning would change, why, and what stays. It changes nothing
cli-after-plan =
    Examples:
      lamsach-clean scan --rules rules/ --json > result.jsonl
      lamsach-clean plan --findings result.jsonl -o plan.json
      lamsach-clean plan --rules rules/ --root /mnt/disk -o plan.json

    Exit status: 0 nothing to do, 1 changes, 2 error, 3 no change, but something stays or was not looked at.
cli-about-apply = Carries out a plan: journal, quarantine, changes. Run again, it goes on where it was stopped
cli-after-apply =
    Examples:
      lamsach-clean apply plan.json
      lamsach-clean apply --yes --json plan.json > result.jsonl

    Exit status: 0 everything was done, 2 error, 3 something was not done.
cli-about-undo = Undoes a run: files, times and permissions become exactly what they were
cli-after-undo =
    Examples:
      lamsach-clean undo
      lamsach-clean undo 20261127-040000 --yes

    Exit status: 0 everything was undone, 2 error, 3 something was not undone.
cli-about-quarantine = Files in quarantine: list them, put them back, give them out, delete them
cli-after-quarantine =
    Examples:
      lamsach-clean quarantine list
      lamsach-clean quarantine restore 20261127-040000-00003
      lamsach-clean quarantine export 20261127-040000-00003 -o sample.zip
      lamsach-clean quarantine purge --older-than 90
cli-about-quarantine-list = Lists the files in quarantine
cli-about-quarantine-restore = Puts a file back where it was, exactly as it was
cli-about-quarantine-export = Writes a quarantined file into a zip archive with a password, to send to those who study it
cli-about-quarantine-purge = Deletes quarantined files for good; they cannot be put back afterwards
cli-arg-clean-findings = Findings that scan --json wrote, or - for standard input; without it, it scans
cli-arg-clean-suspicious = Quarantine what is only suspicious as well
cli-arg-clean-plan-output = The file that keeps the plan, for apply
cli-arg-clean-yes = Agree beforehand, ask nothing
cli-arg-clean-result-json = One JSON object a line: each change, and a summary at the end
cli-arg-clean-list-json = One JSON object a line for each file
cli-arg-clean-store = The folder for journals and quarantined files [default: in the person's own folder]
cli-arg-clean-plan = A plan that the command plan wrote
cli-arg-clean-run = The run to undo; the last one when none is named
cli-arg-clean-undo-root = Where the disk is mounted today, if elsewhere than when it was cleaned
cli-arg-clean-item = Name of the item: see quarantine list
cli-arg-clean-items = Names of the items to delete
cli-arg-clean-export-output = The zip file that is written; one that is there is not overwritten
cli-arg-clean-older = Delete items of runs older than this many days
cli-arg-clean-all = Delete everything
cli-value-plan = PLAN
cli-value-run = RUN
cli-value-item = ITEM
cli-value-days = DAYS
cli-about-usb = Looks whether a worm went through a USB stick; with --clean shows hidden folders again and quarantines false shortcuts and the worm's files
cli-after-usb =
    Examples:
      lamsach-clean usb
      lamsach-clean usb /media/an/USB --rules rules/
      lamsach-clean usb /media/an/USB --clean

    Exit status: 0 nothing to do or everything done, 1 signs of a worm, 2 error, 3 something was not looked at or not done.
cli-arg-clean-stick-clean = Clean at once: show the plan, ask, carry it out
cli-arg-clean-quick = Quick check: scan only what starts by itself, runs, was just downloaded, and USB sticks
cli-about-report = A page to print or send: what was found, what was changed, what to do next
cli-after-report =
    Examples:
      lamsach-clean report --findings result.jsonl -o result.html
      lamsach-clean report 20261127-040000 > result.html

    Exit status: 0 written, 2 error.
cli-arg-clean-report-findings = Findings that scan --json wrote
cli-arg-clean-report-name = Name of the device on the page [default: that of this computer]
cli-arg-clean-report-output = The HTML file that is written; without it, to standard output
cli-arg-clean-report-run = The run; the last one when none is named
cli-after-update =
    Examples:
      lamsach-clean update /media/an/USB/campaign.lspack
      lamsach-clean update https://portal.example/campaign.lspack

    Exit status: 0 everything was taken, 2 error: a pack was refused or cannot be fetched.
cli-after-send =
    Examples:
      lamsach-clean send result.json --to https://portal.example
      lamsach-clean send results/ --to https://portal.example

    Exit status: 0 everything was sent, 2 error, 3 some files were not sent.
cli-about-window = The same on a page in the browser, without typing commands
cli-arg-clean-window-no-browser = Only print the address; do not open a browser
cli-after-window =
    Example:
      lamsach-clean window --rules rules/

    The page opens on this computer only, once, by the address that is printed.
    Without --rules and --indicators the folder “rules” beside the program is used.
    Exit status: 0 closed, 2 error.
cli-about-terminal = The same, question by question in a terminal, for a PC without a browser
cli-after-terminal =
    Example:
      lamsach-clean terminal --rules rules/

    Nothing is changed before you answer y. With a browser: lamsach-clean window.
