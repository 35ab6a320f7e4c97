//! Invented people and what they sign in with.

use ::campaigns::Role;
use simulation::Random;

/// A person to be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    /// What they sign in with.
    pub(super) login: String,
    /// Their name.
    pub(super) name: String,
    /// Their post.
    pub(super) position: &'static str,
    /// What they are, over their unit.
    pub(super) roles: Vec<Role>,
}

/// Login of a unit's person: `cb.h90-23`.
pub(super) fn login(prefix: &str, code: &str) -> String {
    format!("{prefix}.{}", code.to_ascii_lowercase().replace('.', "-"))
}

/// Logins of the two units that a newcomer looks at, by role.
const NAMED: [(Role, &str, &str, &str); 5] = [
    (Role::Administrator, "quantri", "xa.quantri", "Chuyên viên quản trị"),
    (Role::Coordinator, "dieuphoi", "xa.dieuphoi", "Chuyên viên điều phối"),
    (Role::Officer, "canbo", "xa.canbo", "Cán bộ phụ trách công nghệ thông tin"),
    (Role::Approver, "lanhdao", "xa.lanhdao", "Lãnh đạo phụ trách"),
    (Role::Auditor, "giamsat", "xa.giamsat", "Cán bộ giám sát"),
];

/// The people of a unit. `has_below`: whether units below may report to it.
pub(super) fn of_unit(
    code: &str,
    is_focal: bool,
    is_newcomer: bool,
    has_below: bool,
    random: &mut Random,
) -> Vec<Person> {
    if is_focal || is_newcomer {
        return NAMED
            .into_iter()
            .map(|(role, focal, newcomer, position)| Person {
                login: if is_focal { focal } else { newcomer }.to_owned(),
                name: name(random),
                position,
                roles: vec![role],
            })
            .collect();
    }
    let mut roles = vec![Role::Officer];
    roles.extend(has_below.then_some(Role::Coordinator));
    vec![
        Person {
            login: login("cb", code),
            name: name(random),
            position: "Cán bộ phụ trách công nghệ thông tin",
            roles,
        },
        Person {
            login: login("ld", code),
            name: name(random),
            position: "Lãnh đạo phụ trách",
            roles: vec![Role::Approver],
        },
    ]
}

/// Login, role and unit code of each sign-in worth showing.
pub(super) fn shown(focal: &str, newcomer: &str, busy: &str) -> Vec<(String, Role, String)> {
    let focal = NAMED.iter().map(|(role, login, _, _)| (*login, *role, focal));
    let newcomer = NAMED.iter().map(|(role, _, login, _)| (*login, *role, newcomer));
    let mut shown: Vec<_> = focal
        .chain(newcomer)
        .map(|(login, role, code)| (login.to_owned(), role, code.to_owned()))
        .collect();
    shown.push((login("cb", busy), Role::Officer, busy.to_owned()));
    shown.push((login("ld", busy), Role::Approver, busy.to_owned()));
    shown
}

/// An invented name: family names that millions share, given names that are plants.
fn name(random: &mut Random) -> String {
    let family = random.word(&["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi"]);
    let middle = random.word(&["Minh", "Hoa", "Thảo", "Mộc", "Lâm", "Thu", "Xuân", "Hạ"]);
    let given =
        random.word(&["Trúc", "Sen", "Quế", "Lim", "Mận", "Mai", "Cau", "Sậy", "Trầm", "Ngô"]);
    format!("{family} {middle} {given}")
}
