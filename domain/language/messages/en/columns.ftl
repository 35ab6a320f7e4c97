# Maps of columns for logs of unknown programs.
columns-needed = The format “{ $name }” needs a map of columns: --columns device=COLUMN,name=COLUMN,address=COLUMN,port=COLUMN,time=COLUMN.
columns-unused = --columns and --delimiter go with --format json or --format csv only.
columns-no-column = “{ $text }” in --columns is not MEANING=COLUMN.
columns-unknown-meaning = “{ $text }” in --columns is no known meaning. The meanings: { $known }.
columns-twice = “{ $text }” is given twice in --columns: one meaning a column. A column for name takes IP addresses too.
columns-no-destination = --columns does not say what the device contacted: at least one of name, url, address and answers is needed.
columns-bad-delimiter = The delimiter “{ $text }” must be one ASCII character, or tab.
