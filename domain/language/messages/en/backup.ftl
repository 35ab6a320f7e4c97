# Backup and restore: lamsach backup, lamsach restore.
backup-done = Backed up into { $file }: { $rows } rows, { $files } files.
backup-restored = Brought back { $rows } rows, { $files } files.
backup-progress = { $rows } rows, { $files } files
backup-exists = The file { $file } is there already. Choose another name; the old backup stays as it is.
backup-nothing = There are no portal data in the folder { $folder }. Name the right folder with --data, or the database with --database.
backup-lacks-file = The file { $file } of the data folder is missing or damaged, so the backup would not be whole: nothing was backed up. Bring that file back from an earlier backup.
backup-not-empty = This portal holds data. Restore only into an empty one: choose another folder with --data or another database with --database.
backup-not-a-backup = The file { $file } is not a backup of a portal.
backup-other-version = The backup has tables of version { $theirs }, this program has version { $ours }. Restore with the lamsach version that made it, then upgrade.
backup-cut-short = The backup is cut short after line { $line }. Nothing was restored. Copy the file again or use another one.
backup-damaged = The backup is damaged or was changed at line { $line }. Nothing was restored. Use another one.
