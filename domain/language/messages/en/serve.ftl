# The program that runs the portal: lamsach serve.
serve-ready = The portal is ready
serve-stopping = Stopping: waiting for open requests.
serve-proxy = Running behind a proxy: it must speak HTTPS and pass the host name (Host) on unchanged.
serve-no-module = No matcher for browsers: logs will be uploaded. script/browser builds it.
serve-tools-unreadable = Cannot read the folder of programs { $path }: { $why }
serve-no-tools = There is no lamsach-clean for people to download: put lamsach-clean and lamsach-clean.exe into the folder given with --tools.
serve-module-none = it is no WebAssembly
serve-module-unreadable = The matcher for browsers { $path } cannot be used: { $why }. Build it again with script/browser, or leave --browser-module out to take logs as uploads.

serve-address-unreadable = Cannot read the address “{ $address }”. Write it as 127.0.0.1:8080.
serve-plain-http = Unencrypted HTTP is refused at { $address }: others on the network could read passwords. Add --tls-certificate and --tls-key, or --behind-proxy if a proxy that speaks HTTPS stands in front.
serve-port-taken = Another program uses the address { $address }. Stop it or choose another port with --listen.
serve-cannot-listen = Cannot open the address { $address }.
serve-folder-taken = Another lamsach program uses the data folder { $folder }. Stop it first, or choose another folder with --data.
serve-newer-database = This data was made by a newer lamsach (tables of version { $version }). Use that version or a newer one; nothing was changed.
serve-database = The database cannot be opened. Check --database (postgres://USER@HOST/NAME) and that the PostgreSQL server runs, or the folder of --data
serve-folder = The data folder { $folder } cannot be used. Choose another one with --data, or give the right to write to it
serve-log-filter = Cannot read --log { $filter }. Write it as info, debug or warn,web=debug
serve-tls-file = Cannot read the certificate { $certificate } or the key { $key } (PEM files are needed).

demo-only-loopback = Demonstration data is served on this machine only (127.0.0.1): everybody knows its passwords. Leave out --behind-proxy and choose --listen 127.0.0.1:8080.
demo-not-empty = No demonstration data is made here: this portal holds real data. Choose another folder with --data or another database with --database.
demo-other-world = Demonstration data { $there } is here already, not { $wanted }. Choose another folder with --data or another database with --database.
demo-unfinished = Making the demonstration data here was interrupted. Run again with --demo { $world } to start over.
demo-seeding = Making demonstration data…
demo-mark = DEMONSTRATION – NO LEGAL VALUE
demo-sign-ins = Demonstration sign-ins (they work on this machine only), one password for all: { $password }
demo-logs = Logs to try, of { $unit } (drop them into the page Check logs):
demo-log = { $devices } { $devices ->
    [one] device
   *[other] devices
} must be found
