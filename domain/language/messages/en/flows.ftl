# Files of flow records (NetFlow, IPFIX, nfdump) among the logs.
log-check-problem-flows-cut-off = The file of flow records breaks off: { $bytes } bytes could be read and are counted. It is still being written, or was copied while it was.
log-check-problem-flows-damaged = The file of flow records is damaged behind { $bytes } bytes, so that what follows cannot be told apart. What was read is counted. Copy the file again from where it is kept.
log-check-problem-flows-refused = { $why ->
    [layout] This nfdump file has a newer layout than those that are read (1 and 2). Write it again with nfdump 1.7, or as CSV.
    [byte-order] This nfdump file was written on a machine with the other order of bytes. Write it as CSV on that machine (nfdump -o csv).
    [encrypted] This nfdump file is encrypted. Decrypt it with nfdump, then check it again.
   *[compression] This nfdump file is compressed in a way that is not read. Write it again without compression (nfdump -r FILE -J 0).
}

# What is counted.
log-check-flows = { $count } flow records
match-flow = flow record { $line }
match-flows-not-parsed-such-as = flow records not read, such as:

# Why a flow record was not read.
packet-reason-flow = the flow records in the packet were not understood
packet-reason-flow-template = the template that says what its fields are did not come before
packet-reason-flow-addresses = it does not give both addresses
packet-reason-flow-cut = the end of its message is missing
packet-reason-flow-malformed = its lengths contradict each other
packet-reason-flow-version = its version or kind is not read
