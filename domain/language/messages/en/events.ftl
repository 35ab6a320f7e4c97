# Files of events (event logs of Windows, dnstap) among the logs.
log-check-problem-events-cut-off = The file of events breaks off: { $bytes } bytes could be read and are counted. It is still being written, or was copied while it was.
log-check-problem-events-damaged = The file of events is damaged behind { $bytes } bytes, so that what follows cannot be told apart. What was read is counted. Copy the file again from where it is kept.

# What is counted.
log-check-events = { $count } events
match-event = event { $line }
match-events-not-parsed-such-as = events not read, such as:

# Why an event was not read.
packet-reason-event-chunk = a chunk of the event log is damaged, and the events in it are lost
packet-reason-event-checksum = the checksum of a chunk is wrong; its events were read all the same
packet-reason-event-malformed = the event contradicts itself
packet-reason-dnstap-frame = the frame holds no message of dnstap
packet-reason-dnstap-dns = the message holds no question or answer of DNS that can be read
