# lamsach match --send: sends results to the campaign's portal, no log line.
match-send-sent = Sent to { $address }, without any log line:
match-send-new = { $file }: new; { $findings ->
    [one] { $findings } finding
   *[other] { $findings } findings
}, { $cases ->
    [one] { $cases } case opened
   *[other] { $cases } cases opened
}
match-send-replaced = { $file }: sent before, its results now updated; { $findings ->
    [one] { $findings } finding
   *[other] { $findings } findings
}, { $cases ->
    [one] { $cases } case opened
   *[other] { $cases } cases opened
}
match-send-unchanged = { $file }: sent before, nothing has changed; { $findings ->
    [one] { $findings } finding
   *[other] { $findings } findings
}
match-send-unlisted = { $count ->
    [one] { $count } sighting was not taken because its indicator is in none of the campaign's lists: { $indicators }
   *[other] { $count } sightings were not taken because their indicators are in none of the campaign's lists: { $indicators }
}
match-send-unread = { $file }: could not be read, so not sent; the result above says why.
match-send-no-token = There is no token to send with. Set the environment variable LAMSACH_TOKEN or use --token-file; tokens are made on the portal's page of tokens.
match-send-file = Cannot read the file { $path }: { $why }

match-send-failed-address = Cannot send to “{ $host }”. A portal's address begins with https://; http:// is for a portal on this very machine.
match-send-failed-certificates = The file of --ca holds no PEM certificate.
match-send-failed-token-shape = The token is empty or has strange characters. Copy it again as it was shown when it was made.
match-send-failed-unreachable = Cannot reach { $host } ({ $why }). Check the address and the network, then run again; sending again makes no duplicate.
match-send-failed-untrusted = The certificate of { $host } is not trusted ({ $why }). If the portal has an internal certificate, name its root with --ca.
match-send-failed-wrong-token = The portal does not take the token: it is wrong, expired or revoked. Make a new one on the page of tokens.
match-send-failed-not-allowed = This token may not send results.
match-send-failed-not-there = { $host } has no place for these results. Check the portal's address and the campaign's id; the portal may also be an old version.
match-send-failed-refused = The portal did not take the results. Nothing of this message was kept.
match-send-failed-too-large = The results of { $file } are too large to be sent at once. Split the log by day and run again.
match-send-failed-busy = The portal is overloaded. Wait { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
} and run again; sending again makes no duplicate.
match-send-failed-failing = The portal at { $host } has a fault (status { $why }). Run again in a few minutes; sending again makes no duplicate.
match-send-failed-not-a-portal = { $host } answers, but is no Lamsach portal (status { $why }). Check the address.
