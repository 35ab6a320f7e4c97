//! The places of Windows.
//!
//! Gathered from the techniques of MITRE ATT&CK and from Microsoft's documentation of the keys.

use super::{FileForm, HiveName, Holds, Place, Remover, Source, System, Values};

/// One row of the table below that reads the registry.
const fn registry(
    id: &'static str,
    technique: &'static str,
    (hive, key, values): (HiveName, &'static str, Values),
    holds: Holds,
    remover: Remover,
    usual: &'static [&'static str],
) -> Place {
    let source = Source::Registry { hive, key, values, holds };
    Place { id, system: System::Windows, technique, source, remover, usual }
}

/// A key each of whose values is a command.
pub(super) const fn run(
    id: &'static str,
    hive: HiveName,
    key: &'static str,
    technique: &'static str,
) -> Place {
    registry(id, technique, (hive, key, Values::All), Holds::Command, Remover::DeleteValue, &[])
}

/// One row that reads files.
const fn files(
    id: &'static str,
    technique: &'static str,
    at: &'static [&'static str],
    form: FileForm,
    remover: Remover,
    usual: &'static [&'static str],
) -> Place {
    let source = Source::Files { at, form };
    Place { id, system: System::Windows, technique, source, remover, usual }
}

/// What a fresh Windows has in values that are put back.
pub(super) const FRESH: [(&str, &str); 12] = [
    ("winlogon-shell", "explorer.exe"),
    ("winlogon-userinit", r"C:\Windows\system32\userinit.exe,"),
    ("winlogon-vmapplet", "SystemPropertiesPerformance.exe /pagefile"),
    ("open-exe", r#""%1" %*"#),
    ("open-com", r#""%1" %*"#),
    ("open-bat", r#""%1" %*"#),
    ("open-cmd", r#""%1" %*"#),
    ("open-scr", r#""%1" /S"#),
    ("open-pif", r#""%1" %*"#),
    ("safe-mode-shell", "cmd.exe"),
    ("remote-desktop-start", "rdpclip"),
    ("autodial-dll", r"C:\Windows\System32\rasadhlp.dll"),
];

/// Every place of Windows.
#[rustfmt::skip]
pub(super) const PLACES: &[Place] = &[
    registry("run-machine", "T1547.001", (HiveName::Software, r"Microsoft\Windows\CurrentVersion\Run", Values::All), Holds::Command, Remover::DeleteValue, &["securityhealthsystray.exe"]),
    run("run-machine-32", HiveName::Software, r"Wow6432Node\Microsoft\Windows\CurrentVersion\Run", "T1547.001"),
    run("run-once-machine", HiveName::Software, r"Microsoft\Windows\CurrentVersion\RunOnce", "T1547.001"),
    run("run-once-machine-32", HiveName::Software, r"Wow6432Node\Microsoft\Windows\CurrentVersion\RunOnce", "T1547.001"),
    run("run-once-ex", HiveName::Software, r"Microsoft\Windows\CurrentVersion\RunOnceEx\*", "T1547.001"),
    run("run-services", HiveName::Software, r"Microsoft\Windows\CurrentVersion\RunServices", "T1547.001"),
    run("run-services-once", HiveName::Software, r"Microsoft\Windows\CurrentVersion\RunServicesOnce", "T1547.001"),
    registry("run-user", "T1547.001", (HiveName::User, r"Software\Microsoft\Windows\CurrentVersion\Run", Values::All), Holds::Command, Remover::DeleteValue, &["onedrive.exe"]),
    run("run-once-user", HiveName::User, r"Software\Microsoft\Windows\CurrentVersion\RunOnce", "T1547.001"),
    run("policies-run-machine", HiveName::Software, r"Microsoft\Windows\CurrentVersion\Policies\Explorer\Run", "T1547.001"),
    run("policies-run-user", HiveName::User, r"Software\Microsoft\Windows\CurrentVersion\Policies\Explorer\Run", "T1547.001"),
    registry("windows-load", "T1547.001", (HiveName::User, r"Software\Microsoft\Windows NT\CurrentVersion\Windows", Values::Named("load")), Holds::Command, Remover::DeleteValue, &[]),
    registry("windows-run", "T1547.001", (HiveName::User, r"Software\Microsoft\Windows NT\CurrentVersion\Windows", Values::Named("run")), Holds::Command, Remover::DeleteValue, &[]),
    registry("winlogon-shell", "T1547.004", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\Winlogon", Values::Named("Shell")), Holds::List, Remover::RestoreValue, &["explorer.exe"]),
    registry("winlogon-userinit", "T1547.004", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\Winlogon", Values::Named("Userinit")), Holds::List, Remover::RestoreValue, &["userinit.exe"]),
    registry("winlogon-taskman", "T1547.004", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\Winlogon", Values::Named("Taskman")), Holds::Command, Remover::DeleteValue, &[]),
    registry("winlogon-system", "T1547.004", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\Winlogon", Values::Named("System")), Holds::List, Remover::DeleteValue, &[]),
    registry("winlogon-vmapplet", "T1547.004", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\Winlogon", Values::Named("VmApplet")), Holds::Command, Remover::RestoreValue, &["systempropertiesperformance.exe"]),
    registry("winlogon-appsetup", "T1547.004", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\Winlogon", Values::Named("AppSetup")), Holds::List, Remover::DeleteValue, &[]),
    registry("winlogon-gina", "T1547.004", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\Winlogon", Values::Named("GinaDLL")), Holds::Command, Remover::DeleteValue, &[]),
    registry("winlogon-notify", "T1547.004", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\Winlogon\Notify\*", Values::Named("DllName")), Holds::Command, Remover::DeleteKey, &[]),
    registry("winlogon-shell-user", "T1547.004", (HiveName::User, r"Software\Microsoft\Windows NT\CurrentVersion\Winlogon", Values::Named("Shell")), Holds::List, Remover::DeleteValue, &["explorer.exe"]),
    registry("policies-shell-user", "T1547.004", (HiveName::User, r"Software\Microsoft\Windows\CurrentVersion\Policies\System", Values::Named("Shell")), Holds::List, Remover::DeleteValue, &["explorer.exe"]),
    registry("policies-shell-machine", "T1547.004", (HiveName::Software, r"Microsoft\Windows\CurrentVersion\Policies\System", Values::Named("Shell")), Holds::List, Remover::DeleteValue, &["explorer.exe"]),
    registry("appinit-dlls", "T1546.010", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\Windows", Values::Named("AppInit_DLLs")), Holds::Words, Remover::TakeFromList, &[]),
    registry("appinit-dlls-32", "T1546.010", (HiveName::Software, r"Wow6432Node\Microsoft\Windows NT\CurrentVersion\Windows", Values::Named("AppInit_DLLs")), Holds::Words, Remover::TakeFromList, &[]),
    run("appcert-dlls", HiveName::System, r"Control\Session Manager\AppCertDlls", "T1546.009"),
    registry("image-debugger", "T1546.012", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\Image File Execution Options\*", Values::Named("Debugger")), Holds::Command, Remover::DeleteValue, &[]),
    registry("image-debugger-32", "T1546.012", (HiveName::Software, r"Wow6432Node\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\*", Values::Named("Debugger")), Holds::Command, Remover::DeleteValue, &[]),
    registry("verifier-dlls", "T1546.012", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\Image File Execution Options\*", Values::Named("VerifierDlls")), Holds::Words, Remover::DeleteValue, &[]),
    registry("silent-process-exit", "T1546.012", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\SilentProcessExit\*", Values::Named("MonitorProcess")), Holds::Command, Remover::DeleteValue, &[]),
    registry("service-image", "T1543.003", (HiveName::System, r"Services\*", Values::Named("ImagePath")), Holds::Command, Remover::DisableService, &[]),
    registry("service-dll", "T1543.003", (HiveName::System, r"Services\*\Parameters", Values::Named("ServiceDll")), Holds::Command, Remover::DisableService, &[]),
    registry("service-failure-command", "T1543.003", (HiveName::System, r"Services\*", Values::Named("FailureCommand")), Holds::Command, Remover::DeleteValue, &[]),
    registry("active-setup", "T1547.014", (HiveName::Software, r"Microsoft\Active Setup\Installed Components\*", Values::Named("StubPath")), Holds::Command, Remover::DeleteValue, &[]),
    registry("active-setup-32", "T1547.014", (HiveName::Software, r"Wow6432Node\Microsoft\Active Setup\Installed Components\*", Values::Named("StubPath")), Holds::Command, Remover::DeleteValue, &[]),
    registry("boot-execute", "T1547.001", (HiveName::System, r"Control\Session Manager", Values::Named("BootExecute")), Holds::List, Remover::TakeFromList, &["autocheck autochk *"]),
    registry("setup-execute", "T1547.001", (HiveName::System, r"Control\Session Manager", Values::Named("SetupExecute")), Holds::List, Remover::TakeFromList, &[]),
    registry("session-execute", "T1547.001", (HiveName::System, r"Control\Session Manager", Values::Named("Execute")), Holds::List, Remover::TakeFromList, &[]),
    registry("pending-renames", "T1547", (HiveName::System, r"Control\Session Manager", Values::Named("PendingFileRenameOperations")), Holds::Renames, Remover::ByHand, &[]),
    registry("lsa-authentication", "T1547.002", (HiveName::System, r"Control\Lsa", Values::Named("Authentication Packages")), Holds::List, Remover::TakeFromList, &["msv1_0"]),
    registry("lsa-notification", "T1556.002", (HiveName::System, r"Control\Lsa", Values::Named("Notification Packages")), Holds::List, Remover::TakeFromList, &["scecli", "rassfm"]),
    registry("lsa-security", "T1547.005", (HiveName::System, r"Control\Lsa", Values::Named("Security Packages")), Holds::List, Remover::TakeFromList, &[r#""""#, "kerberos", "msv1_0", "schannel", "wdigest", "tspkg", "pku2u", "cloudap"]),
    registry("lsa-security-config", "T1547.005", (HiveName::System, r"Control\Lsa\OSConfig", Values::Named("Security Packages")), Holds::List, Remover::TakeFromList, &[r#""""#, "kerberos", "msv1_0", "schannel", "wdigest", "tspkg", "pku2u", "cloudap"]),
    registry("lsa-extensions", "T1547.008", (HiveName::System, r"Control\LsaExtensionConfig\LsaSrv", Values::Named("Extensions")), Holds::List, Remover::TakeFromList, &["lsasrv.dll"]),
    registry("network-providers", "T1556.008", (HiveName::System, r"Control\NetworkProvider\Order", Values::Named("ProviderOrder")), Holds::List, Remover::TakeFromList, &["rdpnp", "lanmanworkstation", "webclient", "p9np"]),
    registry("print-monitors", "T1547.010", (HiveName::System, r"Control\Print\Monitors\*", Values::Named("Driver")), Holds::Command, Remover::DeleteKey, &["localspl.dll", "tcpmon.dll", "usbmon.dll", "wsdmon.dll", "apmon.dll", "fxsmon.dll", "appmon.dll"]),
    registry("print-processors", "T1547.012", (HiveName::System, r"Control\Print\Environments\*\Print Processors\*", Values::Named("Driver")), Holds::Command, Remover::DeleteKey, &["winprint.dll"]),
    registry("time-providers", "T1547.003", (HiveName::System, r"Services\W32Time\TimeProviders\*", Values::Named("DllName")), Holds::Command, Remover::ByHand, &["w32time.dll", "vmictimeprovider.dll"]),
    registry("netsh-helpers", "T1546.007", (HiveName::Software, r"Microsoft\NetSh", Values::All), Holds::Command, Remover::DeleteValue, &["authfwcfg.dll", "dhcpcmonitor.dll", "dot3cfg.dll", "fwcfg.dll", "hnetmon.dll", "ifmon.dll", "napmontr.dll", "netiohlp.dll", "netprofm.dll", "nettrace.dll", "nshhttp.dll", "nshipsec.dll", "nshwfp.dll", "p2pnetsh.dll", "peerdistsh.dll", "rasmontr.dll", "rpcnsh.dll", "wcnnetsh.dll", "whhelper.dll", "wlancfg.dll", "wshelper.dll", "wwancfg.dll"]),
    registry("com-server-user", "T1546.015", (HiveName::UserClasses, r"CLSID\*\InprocServer32", Values::Named("")), Holds::Command, Remover::DeleteKey, &[]),
    registry("com-program-user", "T1546.015", (HiveName::UserClasses, r"CLSID\*\LocalServer32", Values::Named("")), Holds::Command, Remover::DeleteKey, &[]),
    registry("com-treat-as-user", "T1546.015", (HiveName::UserClasses, r"CLSID\*\TreatAs", Values::Named("")), Holds::ClassId, Remover::DeleteKey, &[]),
    registry("browser-helpers", "T1176", (HiveName::Software, r"Microsoft\Windows\CurrentVersion\Explorer\Browser Helper Objects\*", Values::KeyName), Holds::ClassId, Remover::DeleteKey, &[]),
    registry("browser-helpers-32", "T1176", (HiveName::Software, r"Wow6432Node\Microsoft\Windows\CurrentVersion\Explorer\Browser Helper Objects\*", Values::KeyName), Holds::ClassId, Remover::DeleteKey, &[]),
    registry("shell-execute-hooks", "T1547", (HiveName::Software, r"Microsoft\Windows\CurrentVersion\Explorer\ShellExecuteHooks", Values::All), Holds::Command, Remover::ByHand, &[]),
    registry("shell-delay-load", "T1547", (HiveName::Software, r"Microsoft\Windows\CurrentVersion\ShellServiceObjectDelayLoad", Values::All), Holds::ClassId, Remover::DeleteValue, &[]),
    registry("shared-task-scheduler", "T1547", (HiveName::Software, r"Microsoft\Windows\CurrentVersion\Explorer\SharedTaskScheduler", Values::All), Holds::Command, Remover::ByHand, &[]),
    registry("office-test-user", "T1137.002", (HiveName::User, r"Software\Microsoft\Office test\Special\Perf", Values::Named("")), Holds::Command, Remover::DeleteKey, &[]),
    registry("office-test-machine", "T1137.002", (HiveName::Software, r"Microsoft\Office test\Special\Perf", Values::Named("")), Holds::Command, Remover::DeleteKey, &[]),
    registry("office-addins-user", "T1137.006", (HiveName::User, r"Software\Microsoft\Office\*\Addins\*", Values::KeyName), Holds::Command, Remover::DeleteKey, &[]),
    registry("office-addins-machine", "T1137.006", (HiveName::Software, r"Microsoft\Office\*\Addins\*", Values::KeyName), Holds::Command, Remover::ByHand, &[]),
    registry("excel-open", "T1137.006", (HiveName::User, r"Software\Microsoft\Office\*\Excel\Options", Values::Named("OPEN")), Holds::Command, Remover::DeleteValue, &[]),
    registry("outlook-home-page", "T1137.004", (HiveName::User, r"Software\Microsoft\Office\*\Outlook\WebView\*", Values::Named("URL")), Holds::Command, Remover::DeleteValue, &[]),
    registry("screensaver", "T1546.002", (HiveName::User, r"Control Panel\Desktop", Values::Named("SCRNSAVE.EXE")), Holds::Command, Remover::DeleteValue, &["scrnsave.scr", "bubbles.scr", "mystify.scr", "ribbons.scr", "sstext3d.scr", "photoscreensaver.scr", "logon.scr"]),
    registry("logon-script", "T1037.001", (HiveName::User, r"Environment", Values::Named("UserInitMprLogonScript")), Holds::Command, Remover::DeleteValue, &[]),
    registry("profiler-user", "T1574.012", (HiveName::User, r"Environment", Values::Named("COR_PROFILER_PATH")), Holds::Command, Remover::DeleteValue, &[]),
    registry("profiler-machine", "T1574.012", (HiveName::System, r"Control\Session Manager\Environment", Values::Named("COR_PROFILER_PATH")), Holds::Command, Remover::DeleteValue, &[]),
    registry("command-processor", "T1546", (HiveName::Software, r"Microsoft\Command Processor", Values::Named("AutoRun")), Holds::Command, Remover::DeleteValue, &[]),
    registry("command-processor-user", "T1546", (HiveName::User, r"Software\Microsoft\Command Processor", Values::Named("AutoRun")), Holds::Command, Remover::DeleteValue, &[]),
    registry("open-exe", "T1546.001", (HiveName::Software, r"Classes\exefile\shell\open\command", Values::Named("")), Holds::Command, Remover::RestoreValue, &[r#""%1" %*"#]),
    registry("open-com", "T1546.001", (HiveName::Software, r"Classes\comfile\shell\open\command", Values::Named("")), Holds::Command, Remover::RestoreValue, &[r#""%1" %*"#]),
    registry("open-bat", "T1546.001", (HiveName::Software, r"Classes\batfile\shell\open\command", Values::Named("")), Holds::Command, Remover::RestoreValue, &[r#""%1" %*"#]),
    registry("open-cmd", "T1546.001", (HiveName::Software, r"Classes\cmdfile\shell\open\command", Values::Named("")), Holds::Command, Remover::RestoreValue, &[r#""%1" %*"#]),
    registry("open-scr", "T1546.001", (HiveName::Software, r"Classes\scrfile\shell\open\command", Values::Named("")), Holds::Command, Remover::RestoreValue, &[r#""%1" /s"#]),
    registry("open-pif", "T1546.001", (HiveName::Software, r"Classes\piffile\shell\open\command", Values::Named("")), Holds::Command, Remover::RestoreValue, &[r#""%1" %*"#]),
    registry("open-txt", "T1546.001", (HiveName::Software, r"Classes\txtfile\shell\open\command", Values::Named("")), Holds::Command, Remover::ByHand, &[r"%systemroot%\system32\notepad.exe %1"]),
    registry("open-reg", "T1546.001", (HiveName::Software, r"Classes\regfile\shell\open\command", Values::Named("")), Holds::Command, Remover::ByHand, &[r#"regedit.exe "%1""#]),
    registry("open-exe-user", "T1546.001", (HiveName::UserClasses, r"exefile\shell\open\command", Values::Named("")), Holds::Command, Remover::DeleteKey, &[]),
    registry("open-settings-user", "T1548.002", (HiveName::UserClasses, r"ms-settings\shell\open\command", Values::Named("")), Holds::Command, Remover::DeleteKey, &[]),
    registry("safe-mode-shell", "T1547", (HiveName::System, r"Control\SafeBoot", Values::Named("AlternateShell")), Holds::Command, Remover::RestoreValue, &["cmd.exe"]),
    registry("crash-debugger", "T1546", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\AeDebug", Values::Named("Debugger")), Holds::Command, Remover::ByHand, &["vsjitdebugger.exe", "drwtsn32"]),
    registry("hang-debugger", "T1546", (HiveName::Software, r"Microsoft\Windows\Windows Error Reporting\Hangs", Values::Named("Debugger")), Holds::Command, Remover::DeleteValue, &[]),
    registry("remote-desktop-start", "T1547", (HiveName::System, r"Control\Terminal Server\Wds\rdpwd", Values::Named("StartupPrograms")), Holds::List, Remover::RestoreValue, &["rdpclip"]),
    registry("remote-desktop-program", "T1547", (HiveName::System, r"Control\Terminal Server\WinStations\RDP-Tcp", Values::Named("InitialProgram")), Holds::Command, Remover::DeleteValue, &[]),
    registry("dns-server-plugin", "T1543.003", (HiveName::System, r"Services\DNS\Parameters", Values::Named("ServerLevelPluginDll")), Holds::Command, Remover::DeleteValue, &[]),
    registry("autodial-dll", "T1547", (HiveName::System, r"Services\WinSock2\Parameters", Values::Named("AutodialDLL")), Holds::Command, Remover::RestoreValue, &["rasadhlp.dll"]),
    registry("shim-databases", "T1546.011", (HiveName::Software, r"Microsoft\Windows NT\CurrentVersion\AppCompatFlags\InstalledSDB\*", Values::Named("DatabasePath")), Holds::Command, Remover::ByHand, &[]),
    registry("policy-logon-scripts", "T1037", (HiveName::Software, r"Microsoft\Windows\CurrentVersion\Group Policy\Scripts\Logon\*\*", Values::Named("Script")), Holds::Command, Remover::ByHand, &[]),
    registry("policy-startup-scripts", "T1037", (HiveName::Software, r"Microsoft\Windows\CurrentVersion\Group Policy\Scripts\Startup\*\*", Values::Named("Script")), Holds::Command, Remover::ByHand, &[]),
    files("startup-folder", "T1547.001", &["/ProgramData/Microsoft/Windows/Start Menu/Programs/Startup/*"], FileForm::Program, Remover::QuarantineFile, &["desktop.ini"]),
    files("startup-folder-user", "T1547.001", &["~/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup/*"], FileForm::Program, Remover::QuarantineFile, &["desktop.ini"]),
    files("tasks", "T1053.005", &["/Windows/System32/Tasks/**", "/Windows/SysWOW64/Tasks/**"], FileForm::TaskXml, Remover::DeleteTask, &[]),
    files("jobs", "T1053.005", &["/Windows/Tasks/*.job"], FileForm::Job, Remover::QuarantineFile, &[]),
    files("wmi-consumers", "T1546.003", &["/Windows/System32/wbem/Repository/OBJECTS.DATA"], FileForm::WmiRepository, Remover::ByHand, &["scm event log consumer", "bvtconsumer"]),
    files("powershell-profile", "T1546.013", &["/Windows/System32/WindowsPowerShell/v1.0/*profile.ps1", "~/Documents/WindowsPowerShell/*profile.ps1", "~/Documents/PowerShell/*profile.ps1"], FileForm::Program, Remover::QuarantineFile, &[]),
    files("policy-scripts", "T1037", &["/Windows/System32/GroupPolicy/Machine/Scripts/scripts.ini", "/Windows/System32/GroupPolicy/User/Scripts/scripts.ini"], FileForm::PolicyScripts, Remover::ByHand, &[]),
    files("office-startup", "T1137.001", &["~/AppData/Roaming/Microsoft/Word/STARTUP/*", "~/AppData/Roaming/Microsoft/Excel/XLSTART/*"], FileForm::Program, Remover::QuarantineFile, &["personal.xlsb"]),
];
