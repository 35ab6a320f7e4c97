# lamsach watch: watching all the time.
watch-no-input = Nothing to watch was named. Use --follow FILE, --syslog udp://ADDRESS:PORT, --netflow ADDRESS:PORT, --sinkhole ADDRESS:PORT or --interface NAME.
watch-no-spool = --send needs --spool FOLDER: while the portal is away, results are kept there, through a loss of power too.
watch-same-name = Two inputs are called “{ $name }”, so the portal could not tell them apart. Watch them with two programs, each with a --sensor of its own.
watch-spool-taken = Another program uses the folder { $path }. End that program, or use another --spool.
watch-spool-damaged = What is in the folder { $path } is damaged. Move it away to begin anew.
watch-spool-unusable = The folder { $path } cannot be used: { $why }
watch-begins = Watching { $inputs } for { $indicators } indicators. Ctrl-C ends it.
watch-status = { $lines } lines or packets read ({ $rate }/s); { $matched } with an indicator; { $not_parsed } not understood; { $dropped } dropped; { $unsent } days waiting to be sent
watch-unsent = { $count ->
    [one] { $count } part was not sent; it stays in the --spool folder and goes at the next start.
   *[other] { $count } parts were not sent; they stay in the --spool folder and go at the next start.
}
watch-lists-changed = The lists have changed: { $indicators } indicators are used from now on ({ $millis } ms).
watch-lists-failed = The lists have changed and cannot be used; those before stay in use. { $why }
watch-names-failed = The files that tell names of devices have changed and cannot be used; what they said before stays in use. { $why }
watch-portal-away = Sending to the portal is not possible now; what is seen is kept and goes later by itself. { $why }
watch-portal-back = The portal is back; what was kept is on its way.
watch-portal-refused = The portal does not take the results; they are kept. { $why }
watch-gap = { $input }: part of the log was lost before it could be read (the file was emptied). This day does not count as watched.
watch-input-awaited = { $input }: this file is not there yet. It will be read from its first line once it is; look whether the name is right.
watch-input-packed = { $input }: this file is packed, and nothing is added to a packed file. Name the log that is still written; read packed ones with lamsach match.
watch-input-failed = { $input }: cannot be read: { $why }
watch-turned-away-too-many = { $input }: { $sender } was turned away, there are too many connections. Others may have been as well; look which senders open so many.
watch-turned-away-no-tls = { $input }: { $sender } was turned away: it does not speak TLS, or does not trust our certificate. Set TLS up there, with the certificate of this program.
watch-syslog-address = “{ $address }” is no address to listen at. Write udp://, tcp:// or tls:// before an IP address and a port, as in udp://0.0.0.0:514.
watch-address = “{ $address }” is no address to listen at. Write an IP address and a port, as in 0.0.0.0:2055.
watch-forward = “{ $address }” is no name server to pass questions on to. Write its IP address, with a port unless it is 53.
watch-answer = “{ $value }” is no answer for listed names. Write nxdomain, or an IP address.
watch-clients = “{ $value }” is no network of clients. Write it as 203.0.113.0/24.
watch-forwarder-away = { $input }: the name server that questions are passed on to does not answer. Names that are not listed cannot be looked up until it does; listed ones are answered as always.
watch-forwarder-back = { $input }: the name server that questions are passed on to answers again.
watch-interface = The interface { $name } cannot be opened: { $why }. Look at its name with ip link; reading packets needs root or CAP_NET_RAW.
watch-no-user = There is no user “{ $name }” on this machine. Make one, or name another with --user.
watch-rights = The rights of this program cannot be given up ({ $why }). --user needs root at the start.
watch-webhook-address = The address given by --webhook cannot be used: { $why }. Write https://…, as whoever listens there gives it.
watch-webhook-certificates = The file given by --webhook-ca holds no PEM certificate.
watch-webhook-away = The webhook does not take what is new; it is tried again, for two days. { $why }
watch-webhook-back = The webhook takes what is new again.
watch-webhook-unreachable = { $host } cannot be reached: { $why }
watch-webhook-status = { $host } answers with status { $status }.
watch-tls-no-certificate = tls:// needs --tls-cert FILE and --tls-key FILE.
watch-tls-file = { $file } cannot be used for TLS: { $why }. It must be a PEM file, the certificate chain for --tls-cert, the private key for --tls-key.
watch-cannot-listen = Listening at { $address } is not possible: { $why }. Look whether another program uses the port; ports below 1024 need root or CAP_NET_BIND_SERVICE.
watch-spool-failed = The --spool folder cannot be written ({ $why }); what is seen is held in memory. Look whether the disk is full.
