# The command lamsach indicators: lists of malicious addresses compiled into one file.

# Files that cannot be used.
indicators-not-compiled = { $path } was not made by lamsach indicators compile. If it is a list, compile it first: lamsach indicators compile { $path } -o FILE
indicators-other-version = { $path } has version { $found }, this program reads version { $known } only. Update lamsach, or compile the lists again with this program.
indicators-cut-short = { $path } is cut short or not copied to its end: it should have { $expected } bytes and has { $found }. Copy it again.
indicators-damaged = { $path } is damaged or was changed (part { $part }). Copy it again, or compile the lists again.

# What a file holds.
indicators-count = { $count } malicious addresses
indicators-count-kind = { $kind }: { $count }
indicators-kind-domain = domain names
indicators-kind-ip = IP addresses
indicators-kind-ip-port = IP addresses with a port
indicators-kind-network = networks
indicators-kind-url = URLs
indicators-size = { $bytes } bytes, { $each } bytes an address
indicators-compiled = Compiled { $at } by { $program }
indicators-list = List { $name }: { $accepted } addresses used, { $refused } refused
indicators-warned = { $count } addresses to look at: they are in the warning list “{ $list }”
indicators-families = { $count } malware families
indicators-verified = The whole file was checked: it is intact.
indicators-not-verified = The whole file was not checked; add --verify to do so.

# Help.
cli-about-indicators = Compiles lists of malicious addresses into one file, and looks into such a file
cli-about-indicators-compile = Compiles lists into one file that match opens at once
cli-about-indicators-inspect = Shows what a compiled file holds
cli-arg-compile-lists = Lists of malicious addresses, plain or packed, or compiled files; - for standard input
cli-arg-out = The file to write; one of that name is replaced as a whole
cli-arg-inspect-file = The file that lamsach indicators compile wrote
cli-arg-shown-as = Form of the result: table for a terminal, json for one object
cli-arg-no-guard = Take indicators that do harm too: private networks, public DNS servers, public suffixes; give no warnings
cli-arg-verify = Check the whole file: whether it is intact and right
