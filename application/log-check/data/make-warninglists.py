#!/usr/bin/env python3
"""Puts lists of github.com/MISP/misp-warninglists into the one file that the guard reads.

make-warninglists.py FOLDER > warninglists.txt, then: zstd -19 warninglists.txt

FOLDER holds NAME.json.zst, the `list.json` of each list. The file: a line `=`, tab, what becomes of
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
print("# github.com/MISP/misp-warninglists, CC0 1.0; made by make-warninglists.py")
for effect, name in LISTS:
    text = subprocess.check_output(["zstd", "-dc", f"{sys.argv[1]}/{name}.json.zst"])
    found = json.loads(text)
    print("=", effect, found["name"], sep="\t")
    values = {value.strip().strip(".").lower() for value in found["list"]}
    # A name that is refused with all below it may still stand in a list for a person to look at.
    for value in sorted(values - (seen if effect == "review" else set())):
        if "." in value or ":" in value:
            print(value)
    if effect == "review":
        seen |= values
