#!/usr/bin/env python3
"""Puts lists of github.com/MISP/misp-warninglists into the two files that the guard reads.

make-warninglists.py FOLDER, then: zstd --ultra -22 refused.txt warninglists.txt

FOLDER holds NAME.json.zst, the `list.json` of each list. What is refused goes into refused.txt, what a person
is to look at into warninglists.txt, both in the current folder. A file: a line `=`, tab, what becomes of
an indicator that stands in the list, tab, the list's name; then its values, one a line, sorted.
"""

import json
import subprocess
import sys

# What is refused first; of several lists that name a value, the first counts.
LISTS = [
    ("public-suffix", "second-level-tlds"),
    ("public-dns", "public-dns-v4"),
    ("public-dns", "public-dns-v6"),
] + [
    ("review", name)
    for name in [
        "captive-portals", "microsoft-win10-connection-endpoints", "microsoft-office365",
        "microsoft", "google", "crl-hostname", "lots-project", "link-in-bio", "url-shortener",
        "whats-my-ip", "dynamic-dns", "security-provider-blogpost", "bank-website", "moz-top500",
        "cloudflare-top50k", "university_domains", "rfc6761", "akamai", "cloudflare", "fastly",
        "github", "wikimedia", "microsoft-office365-ip", "crl-ip", "parking-domain",
        "smtp-receiving-ips", "smtp-sending-ips", "apple",
    ]
]

seen = set()
files = {}
for effect, name in LISTS:
    path = "warninglists.txt" if effect == "review" else "refused.txt"
    if path not in files:
        files[path] = open(path, "w", encoding="utf-8")
        print(
            "# github.com/MISP/misp-warninglists, CC0 1.0; made by make-warninglists.py",
            file=files[path],
        )
    text = subprocess.check_output(["zstd", "-dc", f"{sys.argv[1]}/{name}.json.zst"])
    found = json.loads(text)
    print("=", effect, found["name"], sep="\t", file=files[path])
    values = {value.strip().strip(".").lower() for value in found["list"]}
    # A name that is refused with all below it may still stand in a list for a person to look at.
    for value in sorted(values - (seen if effect == "review" else set())):
        if "." in value or ":" in value:
            print(value, file=files[path])
    if effect == "review":
        seen |= values
