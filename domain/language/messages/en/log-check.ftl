# Checking logs: why a log was not read, or not to its end.
log-check-problem-unreadable = The log cannot be opened: { $detail }
log-check-problem-interrupted = Reading stopped after { $bytes } bytes: { $detail }. What was read is counted.
log-check-problem-truncated = The compressed file is cut off: only { $bytes } bytes could be unpacked. What was read is counted. Copy the file again from where it is kept.
log-check-problem-damaged = The compressed file is damaged behind { $bytes } bytes ({ $detail }). What was read is counted. Copy the file again from where it is kept.
log-check-problem-trailing-bytes = Behind the compressed data stand other bytes, which were not read. The compressed data ({ $bytes } bytes) is counted. Check the file.
log-check-problem-bomb = Unpacking stopped after { $bytes } bytes: the file grows beyond reason ({ $detail }) and may be a decompression bomb. What was read is counted.
log-check-problem-packed = The file is packed as { $kind }. Unpack it first, then choose the log inside.
log-check-problem-unknown-format = No log format is called “{ $name }”.
log-check-problem-missing-column = The log has no column “{ $column }”, which --columns names. Check the names in the first line (CSV) or of the members (JSON); case matters.
log-check-problem-empty = The file is empty: there is no line to check, so it says nothing. Check whether the equipment is writing its log.
log-check-problem-no-format = The format of this log was not recognised. Its lines were only scanned for names and addresses: which device connected, in which direction and how it ended is not known, so nothing is proven. Choose the format or check the file.
log-check-problem-scanned-only = The lines were only scanned for names and addresses, as asked: which device connected, in which direction and how it ended is not known. What was found is a mention, not a finding.
log-check-problem-binary = The file is not text and cannot be read as a log.
log-check-problem-not-archived = The log was read, but what looking back needs was not kept: { $detail }. Make room or choose another folder, then run again.
log-check-problem-side-car = The file kept for looking back cannot be read: { $detail }. Match the log again with the archive folder.
log-check-problem-cancelled = Stopped on request; the rest was not read.
