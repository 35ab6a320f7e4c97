log-check-problem-unreadable = The log cannot be opened: { $detail }
log-check-problem-interrupted = Reading stopped after { $bytes } bytes: { $detail }. What was read is counted.
log-check-problem-unknown-format = No log format is called “{ $name }”.
log-check-problem-no-format = The format of this log was not recognised. Choose the format or check the file.
log-check-problem-utf16 = The file is saved as UTF-16. Save it as UTF-8 or take the original.
log-check-problem-binary = The file is not text and cannot be read as a log.
log-check-problem-cancelled = Stopped on request; the rest was not read.
