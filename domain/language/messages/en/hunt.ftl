# Looking back into logs that were checked.
hunt-empty-archive = The folder { $path } holds nothing to look back into. Run lamsach match with --archive { $path } first.
hunt-several-sites = The addresses were contacted at several sites: { $sites }. A private address is another device at each of them: look back into one site at a time with --site.
hunt-no-such-site = Nothing is kept of the site { $site }. Logs are kept of: { $sites }. Give one of these with --site.
