# Backup and restore: lamsach backup, lamsach restore.
backup-done = Backed up into { $file }: { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}, { $files ->
    [one] { $files } file.
   *[other] { $files } files.
}
backup-restored = Restored { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}, { $files ->
    [one] { $files } file.
   *[other] { $files } files.
}
backup-progress = { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}, { $files ->
    [one] { $files } file
   *[other] { $files } files
}
backup-exists = The file { $file } is there already. Choose another name; the old backup stays as it is.
backup-nothing = There is no portal in the folder { $folder }. Name the right folder with --data, or the database with --database.
backup-lacks-file = The file { $file } of the data folder is missing or damaged, so the backup would not be whole: nothing was backed up. Bring that file back from an earlier backup.
backup-not-empty = This portal holds data already. Restore only into an empty one: choose another folder with --data or another database with --database.
backup-not-a-backup = The file { $file } is not a backup of a portal.
backup-missing = There is no backup { $file }. Check the name and the folder, for example: lamsach restore /path/to/portal.backup --data new-folder. Nothing was restored.
backup-unreadable = The backup { $file } cannot be opened ({ $why }). Check that you may read it, then run again. Nothing was restored.
backup-not-written = The backup { $file } cannot be written ({ $why }). Choose a folder that exists, has room and may be written to. No unfinished file is left behind.
backup-other-version = The backup has tables of version { $theirs }, this program has version { $ours }. Restore with the lamsach version that made it, then upgrade.
backup-cut-short = The backup is cut short after line { $line }. Nothing was restored. Copy the file again or use another one.
backup-damaged = The backup is damaged or was changed at line { $line }. Nothing was restored. Use another one.
