# lamsach-clean terminal: question by question, where there is no browser.
clean-terminal-none = This command needs a terminal with somebody to answer. To run by itself, use scan, plan, apply.
clean-terminal-choose = Type a number and Enter:
clean-terminal-no-choice = Type a number from 0 to { $most }.
clean-terminal-folder = Path of the folder or file to scan:
clean-terminal-scanning = Scanning; nothing is changed. Type p and Enter to pause or go on, s and Enter to stop and see the result.
clean-terminal-key-hold = p
clean-terminal-key-stop = s
clean-terminal-runs = Which run is to be undone?
clean-terminal-save = Write the result page to the file (Enter: lamsach-clean.html):
clean-terminal-saved = { $file } was written. Open it in a browser to read or print it.
clean-terminal-ended = The program has closed.
