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
cli-about-indicators = Compiles lists of malicious addresses into one file, makes signed packs for the clean-up tool, looks into both
cli-about-indicators-compile = Compiles lists into one file that match opens at once
cli-about-indicators-inspect = Shows what a compiled file or a pack holds
cli-arg-compile-lists = Lists of malicious addresses, plain or packed, or compiled files; - for standard input
cli-arg-out = The file to write; one of that name is replaced as a whole
cli-arg-inspect-file = The file that lamsach indicators compile or pack wrote
cli-arg-shown-as = Form of the result: table for a terminal, json for one object
cli-arg-no-guard = Take indicators that do harm too: private networks, public DNS servers, public suffixes; give no warnings
cli-arg-verify = Check the whole file: whether it is intact and right

# Signed packs.
pack-bad-date = “{ $value }” is no day. Write year-month-day, such as 2026-12-31.
pack-bad-name = The name of a pack has small letters, digits and hyphens, at most 64: { $why }
pack-bad-serial = The serial of a pack is 1 or more.
pack-not-a-pack = { $path } is no pack.
pack-other-version = { $path } was made by a later program: { $why }. Update lamsach.
pack-damaged = { $path } is not used: { $why }. Get it again from where it was published.
pack-too-large = The pack is too large: at most 256 MiB, of these 128 MiB of rules.
pack-input-too-large = { $path } is too large for a pack (at most 256 MiB).
pack-signed-already = This key has signed { $path } already. The second person signs with a key of their own.
pack-keys-secret = { $path } is a secret key. What is needed here is a public one (the .pub file). Give the secret key to nobody.
pack-keys-public = { $path } is a public key. Signing needs the secret one.
pack-keys-threshold = So many signatures cannot be asked for ({ $why }). Choose from 1 to the number of keys.
pack-keys-twice = A key is named twice: { $why }
pack-keys-unusable = The file of keys { $path } cannot be used: { $why }
pack-key-there = { $path } is there already. Keys are never overwritten: choose another name.
pack-key-made = Secret key: { $secret } (for your eyes only, keep it safe)
    Public key: { $public } (for the one who puts the trusted keys together)
    Fingerprint: { $fingerprint }
pack-keys-joined = { $path }: { $threshold } signatures of { $count } keys are needed
pack-rules-refused = { $count } files of rules cannot be used, so no pack was made:
pack-rules-twice = Two files of rules have the name { $name }.
pack-families-refused = Rows of the table of families are wrong, so no pack was made:
pack-family-no-name = row { $row }: no family is named
pack-family-twice = row { $row }: family { $what } stands above already
pack-family-detection = row { $row }: “{ $what }” is no way to find it (rule:NAME, hash:NAME, file-name:NAME, place:CODE, addresses)
pack-family-not-in-pack = row { $row }: “{ $what }” is not in the pack
pack-family-remover = row { $row }: “{ $what }” is no way to remove it (quarantine, autostart, hosts, usb, by-hand)
pack-families-table = The table of families cannot be read: { $why }. It needs the columns family, detection, remover, gap.
pack-empty = There is nothing to put into the pack. Name --rules or --indicators.
pack-good-and-bad = A file is called good and malicious: { $hash }
pack-not-good = { $name }, line { $line }: no SHA-256: { $text }
pack-nothing-of = No line of { $name } can be used.
pack-is = Pack { $name }, serial { $serial }
pack-dates = Made { $issued }, current until the end of { $expires }
pack-holds = { $rules } files of rules, { $hashes } hashes, { $names } file names, { $addresses } addresses, { $good } good files
pack-families = { $count } malware families, { $gaps } with a gap:
pack-gap-not-found = the tool does not find it on a PC
pack-gap-not-removed = the tool does not remove it by itself
pack-not-signed = Nobody has signed it: it cannot be used yet.
pack-signed = Signed by key { $fingerprint }
pack-signed-trusted = Signed by key { $fingerprint } ({ $name }), which is trusted
pack-signed-stranger = Signed by key { $fingerprint }, which is not among the trusted keys
pack-trusted = Enough signatures: { $trusted } of the { $needed } needed
pack-not-trusted = NOT enough signatures: { $trusted } of the { $needed } needed
pack-unknown-section = This program does not know the part “{ $kind }” of the pack
cli-about-indicators-pack = Makes a signed pack for the clean-up tool
cli-about-indicators-sign = Adds a signature to a pack: that of a second person
cli-about-indicators-keys = Makes a pair of keys, or puts public keys together into a file of trusted keys
cli-arg-pack-name = Name of the pack: small letters, digits, hyphens; packs of one name follow one another
cli-arg-pack-serial = Its number, higher than that of the pack of this name before
cli-arg-pack-expires = Last day on which it is current: 2026-12-31
cli-arg-pack-rules = A file of YARA rules, or a folder with .yar and .yara files; may be repeated
cli-arg-pack-indicators = A list of malicious addresses, hashes, file names; --hashes is the same; may be repeated
cli-arg-pack-good = A list of SHA-256 of good files, never taken for malware; may be repeated
cli-arg-pack-families = Table of malware families (CSV, XLSX) with the columns family, detection, remover, gap
cli-arg-pack-key = File of a secret key to sign with; may be repeated
cli-arg-pack-file = The pack to sign
cli-arg-sign-out = The file to write instead of the pack itself
cli-arg-inspect-trust = File of trusted keys: whether enough of these have signed the pack
cli-arg-keys-public = Files of public keys (.pub) to put together; without any, a new pair is made
cli-arg-keys-threshold = Signatures that a pack must have [default: 1]
cli-arg-keys-name = What the new key is called; an office rather than a person
cli-arg-keys-out = The file to write; the public key is written beside it, with .pub behind the name
