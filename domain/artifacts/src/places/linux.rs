//! The places of Linux.
//!
//! Gathered from the techniques of MITRE ATT&CK and from the manual pages of the programs.

use super::{FileForm, Place, Remover, Source, System};

/// One row of the table below.
const fn files(
    id: &'static str,
    technique: &'static str,
    at: &'static [&'static str],
    form: FileForm,
    remover: Remover,
    usual: &'static [&'static str],
) -> Place {
    let source = Source::Files { at, form };
    Place { id, system: System::Linux, technique, source, remover, usual }
}

/// Every place of Linux.
#[rustfmt::skip]
pub(super) const PLACES: &[Place] = &[
    files("crontab", "T1053.003", &["/etc/crontab"], FileForm::Cron { has_user: true }, Remover::DeleteLine, &[]),
    files("cron-d", "T1053.003", &["/etc/cron.d/*"], FileForm::Cron { has_user: true }, Remover::DeleteLine, &[]),
    files("cron-periodic", "T1053.003", &["/etc/cron.hourly/*", "/etc/cron.daily/*", "/etc/cron.weekly/*", "/etc/cron.monthly/*", "/etc/cron.yearly/*"], FileForm::Program, Remover::QuarantineFile, &[".placeholder"]),
    files("cron-user", "T1053.003", &["/var/spool/cron/crontabs/*", "/var/spool/cron/*"], FileForm::Cron { has_user: false }, Remover::DeleteLine, &[]),
    files("anacrontab", "T1053.003", &["/etc/anacrontab"], FileForm::Script, Remover::DeleteLine, &[]),
    files("at-jobs", "T1053.002", &["/var/spool/cron/atjobs/*", "/var/spool/at/*"], FileForm::Program, Remover::QuarantineFile, &[".seq"]),
    files("systemd-system", "T1543.002", &["/etc/systemd/system/*.service", "/run/systemd/system/*.service", "/usr/local/lib/systemd/system/*.service", "/usr/lib/systemd/system/*.service", "/lib/systemd/system/*.service"], FileForm::Unit, Remover::RemoveUnit, &[]),
    files("systemd-user", "T1543.002", &["/etc/systemd/user/*.service", "/usr/lib/systemd/user/*.service", "~/.config/systemd/user/*.service", "~/.local/share/systemd/user/*.service"], FileForm::Unit, Remover::RemoveUnit, &[]),
    files("systemd-drop-ins", "T1543.002", &["/etc/systemd/system/*.d/*.conf", "~/.config/systemd/user/*.d/*.conf"], FileForm::Unit, Remover::QuarantineFile, &[]),
    files("systemd-timers", "T1053.006", &["/etc/systemd/system/*.timer", "~/.config/systemd/user/*.timer"], FileForm::Unit, Remover::RemoveUnit, &[]),
    files("systemd-generators", "T1543.002", &["/etc/systemd/system-generators/*", "/usr/local/lib/systemd/system-generators/*", "/etc/systemd/user-generators/*"], FileForm::Program, Remover::QuarantineFile, &[]),
    files("rc-local", "T1037.004", &["/etc/rc.local", "/etc/rc.d/rc.local"], FileForm::Script, Remover::DeleteLine, &["exit 0"]),
    files("init-d", "T1037.004", &["/etc/init.d/*"], FileForm::Program, Remover::QuarantineFile, &[]),
    files("inittab", "T1037.004", &["/etc/inittab"], FileForm::Inittab, Remover::DeleteLine, &[]),
    files("profile", "T1546.004", &["/etc/profile", "/etc/profile.d/*", "/etc/bash.bashrc", "/etc/bashrc", "/etc/zsh/*", "/etc/zshrc"], FileForm::Script, Remover::DeleteLine, &[]),
    files("profile-user", "T1546.004", &["~/.profile", "~/.bashrc", "~/.bash_profile", "~/.bash_login", "~/.bash_logout", "~/.bash_aliases", "~/.zshrc", "~/.zprofile", "~/.zshenv", "~/.zlogin", "~/.config/fish/config.fish"], FileForm::Script, Remover::DeleteLine, &[]),
    files("ld-so-preload", "T1574.006", &["/etc/ld.so.preload"], FileForm::Words, Remover::DeleteLine, &[]),
    files("ld-so-conf", "T1574.006", &["/etc/ld.so.conf", "/etc/ld.so.conf.d/*"], FileForm::Words, Remover::DeleteLine, &["include", "/etc/ld.so.conf.d/*.conf", "/usr/local/lib", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/usr/local/lib/x86_64-linux-gnu"]),
    files("environment", "T1574.006", &["/etc/environment", "~/.pam_environment", "/etc/environment.d/*", "~/.config/environment.d/*"], FileForm::Environment, Remover::DeleteLine, &[]),
    files("authorized-keys", "T1098.004", &["~/.ssh/authorized_keys", "~/.ssh/authorized_keys2", "/etc/ssh/authorized_keys/*"], FileForm::AuthorizedKeys, Remover::DeleteLine, &[]),
    files("ssh-rc", "T1546.004", &["/etc/ssh/sshrc", "~/.ssh/rc"], FileForm::Script, Remover::DeleteLine, &[]),
    files("sshd-config", "T1556", &["/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/*"], FileForm::SshdConfig, Remover::DeleteLine, &["none"]),
    files("udev-rules", "T1546.017", &["/etc/udev/rules.d/*.rules", "/run/udev/rules.d/*.rules", "/usr/lib/udev/rules.d/*.rules", "/lib/udev/rules.d/*.rules"], FileForm::Udev, Remover::DeleteLine, &[]),
    files("xdg-autostart", "T1547.013", &["/etc/xdg/autostart/*.desktop", "~/.config/autostart/*.desktop"], FileForm::Desktop, Remover::QuarantineFile, &[]),
    files("autostart-scripts", "T1547.013", &["~/.config/autostart-scripts/*", "~/.config/plasma-workspace/env/*"], FileForm::Program, Remover::QuarantineFile, &[]),
    files("modules", "T1547.006", &["/etc/modules", "/etc/modules-load.d/*.conf"], FileForm::Modules, Remover::DeleteLine, &[]),
    files("modprobe", "T1547.006", &["/etc/modprobe.d/*.conf"], FileForm::Modprobe, Remover::DeleteLine, &["/bin/true", "/bin/false", "/usr/bin/true", "/usr/bin/false"]),
    files("pam", "T1556.003", &["/etc/pam.d/*"], FileForm::Pam, Remover::DeleteLine, &[]),
    files("motd", "T1037.004", &["/etc/update-motd.d/*"], FileForm::Program, Remover::QuarantineFile, &[]),
    files("apt-hooks", "T1546.016", &["/etc/apt/apt.conf", "/etc/apt/apt.conf.d/*"], FileForm::AptHooks, Remover::DeleteLine, &[]),
    files("network-hooks", "T1546", &["/etc/network/if-up.d/*", "/etc/network/if-pre-up.d/*", "/etc/network/if-down.d/*", "/etc/NetworkManager/dispatcher.d/*", "/etc/dhcp/dhclient-enter-hooks.d/*", "/etc/dhcp/dhclient-exit-hooks.d/*", "/etc/ppp/ip-up.d/*"], FileForm::Program, Remover::QuarantineFile, &[]),
    files("dbus-services", "T1543.002", &["/usr/share/dbus-1/system-services/*.service", "/usr/local/share/dbus-1/services/*.service", "~/.local/share/dbus-1/services/*.service"], FileForm::Desktop, Remover::QuarantineFile, &["/bin/false", "/usr/bin/false"]),
    files("x-session", "T1547.013", &["/etc/X11/Xsession.d/*", "~/.xprofile", "~/.xinitrc", "~/.xsession", "~/.xsessionrc"], FileForm::Script, Remover::DeleteLine, &[]),
    files("core-pattern", "T1546", &["/etc/sysctl.conf", "/etc/sysctl.d/*.conf"], FileForm::Sysctl, Remover::DeleteLine, &[]),
    files("inetd", "T1543.002", &["/etc/inetd.conf", "/etc/xinetd.d/*"], FileForm::Inetd, Remover::DeleteLine, &[]),
    files("python-start", "T1546.018", &["/usr/lib/python3*/sitecustomize.py", "/usr/local/lib/python3*/dist-packages/*.pth", "~/.local/lib/python3*/site-packages/*.pth", "~/.local/lib/python3*/site-packages/usercustomize.py"], FileForm::Program, Remover::QuarantineFile, &[]),
];
