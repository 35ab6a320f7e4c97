# Captures of packets (pcap, pcapng) among the logs.
log-check-problem-capture-cut-off = The capture breaks off in the middle of a packet: { $bytes } bytes could be read and are counted. It was not closed properly, or was copied while it was being written.
log-check-problem-capture-damaged = The capture is damaged behind { $bytes } bytes, so that the packets after them cannot be told apart. What was read is counted. Copy the file again from where it is kept.

# What is counted.
log-check-packets = { $count } packets
match-packet = packet { $line }
match-packets-not-parsed-such-as = packets not read, or only in part, such as:

# Why a packet was not read, or only in part.
packet-reason-link-type = the kind of link is not read (only Ethernet, Linux cooked, raw IP and loopback are)
packet-reason-cut = the capture holds too little of the packet; capture whole packets (tcpdump -s 0)
packet-reason-malformed = a header contradicts itself
packet-reason-dns = sent from or to port 53 and no DNS message
packet-reason-fragment = other fragments of the same datagram are missing
packet-reason-unfinished = the end of a message that began in it is missing, so that its name cannot be read
