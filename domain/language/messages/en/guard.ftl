# Indicators that do harm when they are matched or blocked.
lists-refused-private-address = An address of private networks: another device at every place, so it is not used for matching.
lists-refused-reserved-address = A reserved address (this machine, one link, many receivers), not a server on the Internet.
lists-refused-example-address = An address for documents and tests, which is not on the Internet.
lists-refused-public-dns = A public DNS server: many healthy devices use it, so it is not used for matching.
lists-refused-public-suffix = A public suffix: anybody can have names below it. Write the name itself, or set the scope to exact.
match-warned = { $count } addresses to look at, because they are in the warning list “{ $list }”
match-warning = to be looked at: in the warning list “{ $list }”
