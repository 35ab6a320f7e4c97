//! Accounts: the first one of an empty portal, invitations, roles.

use ::campaigns::{Role, UnitId, UserId};
use language::Language;
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage::users::{self, GrantRecord, UserRecord};

use crate::sign_in::{NewSession, begin_session, is_login, normal_login};
use crate::{Portal, PortalError, Problem, audit, secrets, units};

/// The shortest password taken, in characters; long sentences are welcome.
const SHORTEST_PASSWORD: usize = 10;

/// What the first-run page asks.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FirstRun {
    /// Name of the authority that runs this portal.
    pub unit_name: String,
    /// Its code.
    pub unit_code: String,
    /// Name of the first administrator.
    pub name: String,
    /// Login of the first administrator.
    pub login: String,
    /// Password of the first administrator.
    pub password: String,
}

/// Whether nobody has an account yet.
pub async fn is_first_run(portal: &Portal) -> Result<bool, PortalError> {
    let mut read = portal.database.read().await?;
    Ok(!users::any_exists(&mut read).await?)
}

/// Makes the first unit and its administrator, and signs them in.
///
/// # Errors
/// [`PortalError::Denied`] once anybody has an account; [`PortalError::Invalid`] with every field
/// that cannot be taken.
pub async fn first_run(portal: &Portal, given: FirstRun) -> Result<NewSession, PortalError> {
    let mut problems = account_problems(&given.login, &given.name, &given.password);
    let unit = match units::new_root(portal, &given.unit_code, &given.unit_name) {
        Ok(unit) => Some(unit),
        Err(mut more) => {
            problems.append(&mut more);
            None
        }
    };
    let Some(unit) = unit.filter(|_| problems.is_empty()) else {
        return Err(PortalError::Invalid(problems));
    };
    let password_hash = secrets::hash_password(given.password).await?;
    let now = portal.now();
    let mut write = portal.database.write().await?;
    if users::any_exists(&mut write).await? {
        return Err(PortalError::Denied);
    }
    units::insert(&mut write, portal, &unit).await?;
    let user = UserRecord {
        id: portal.new_id::<UserId>(),
        login: normal_login(&given.login),
        name: given.name.trim().to_owned(),
        position: String::new(),
        password_hash: Some(password_hash),
        language: Language::Vi.tag().to_owned(),
        is_active: true,
        created_at: now,
        signed_in_at: Some(now),
        home_unit_id: Some(unit.id),
    };
    users::insert(&mut write, &user).await?;
    for role in [Role::Administrator, Role::Coordinator] {
        grant(&mut write, portal, user.id, unit.id, role).await?;
    }
    audit::record(portal, &mut write, None, Some(unit.id), "portal.first-run", user.id, json!({}))
        .await?;
    let session = begin_session(&mut write, &user, now).await?;
    write.commit().await?;
    Ok(session)
}

async fn grant(
    write: &mut storage::Write,
    portal: &Portal,
    user_id: UserId,
    unit_id: UnitId,
    role: Role,
) -> Result<(), PortalError> {
    Ok(users::grant(write, GrantRecord { user_id, unit_id, role }, portal.now()).await?)
}

/// Everything that is wrong with a new account.
pub(crate) fn account_problems(login: &str, name: &str, password: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let login = normal_login(login);
    if !is_login(&login) {
        problems.push(Problem::new("login", "problem-login"));
    }
    if name.trim().is_empty() || name.chars().count() > 200 {
        problems.push(Problem::new("name", "problem-name"));
    }
    if let Some(problem) = password_problem(&login, password) {
        problems.push(problem);
    }
    problems
}

/// Length is what makes a password hard to guess; composition rules make it hard to remember. What is
/// long and common all the same is refused.
pub(crate) fn password_problem(login: &str, password: &str) -> Option<Problem> {
    let length = password.chars().count();
    let is_weak = length < SHORTEST_PASSWORD || password.to_lowercase().contains(login);
    if is_weak || password.len() > 1000 {
        let problem = Problem::new("password", "problem-password");
        return Some(problem.with("least", SHORTEST_PASSWORD.to_string()));
    }
    is_common(login, password).then(|| Problem::new("password", "problem-password-common"))
}

/// Words that people here reach for, beside the lists of `zxcvbn`, which know no Vietnamese.
const LOCAL_WORDS: [&str; 24] = [
    "matkhau",
    "matkhaumoi",
    "khongbiet",
    "khongco",
    "anhyeuem",
    "emyeuanh",
    "yeuem",
    "yeuanh",
    "toiyeuvietnam",
    "vietnam",
    "hanoi",
    "saigon",
    "xinchao",
    "conheo",
    "giadinh",
    "bimat",
    "dangnhap",
    "quantri",
    "canbo",
    "phuong",
    "ubnd",
    "lamsach",
    "chiendich",
    "congvan",
];

/// Whether a password is among the first million guesses: common passwords, words and names, rows of
/// keys, repeats, dates, and what is put together of them.
///
/// zxcvbn (D. Wheeler, USENIX Security 2016): a score below 2 means fewer than 10^6 guesses.
fn is_common(login: &str, password: &str) -> bool {
    let plain: String = language::without_marks(&password.to_lowercase())
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let mut words = LOCAL_WORDS.to_vec();
    words.extend(login.split(['.', '-', '_', '@', '+']).filter(|it| it.len() > 2));
    [password, plain.as_str()]
        .iter()
        .any(|it| zxcvbn::zxcvbn(it, &words).score() < zxcvbn::Score::Two)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_not_the_login() {
        let check = |password: &str, is_taken: bool| {
            assert_eq!(password_problem("quan.tri", password).is_none(), is_taken, "{password}");
        };
        check("ngắn", false);
        check("QUAN.TRI-2026", false);
        check("một câu dài dễ nhớ", true);
        check(&"x".repeat(1001), false);
        check(crate::demo::PASSWORD, true);
    }

    #[test]
    fn a_common_password_is_refused_with_its_own_reason() {
        let check = |password: &str, is_common: bool| {
            let problem = password_problem("quan.tri", password);
            let message = problem.map(|it| it.message);
            let expected = is_common.then_some("problem-password-common");
            assert_eq!(message, expected, "{password}");
        };
        for common in [
            "1234567890",
            "qwertyuiop",
            "password123",
            "iloveyou123",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "matkhau123",
            "mật khẩu 123",
            "Matkhau@123",
            "anhyeuem123",
            "vietnam2026",
            "P@ssw0rd123",
            "0987654321",
            "quantri2026",
        ] {
            check(common, true);
        }
        for uncommon in
            ["một câu dài dễ nhớ", "mật khẩu rất dài", "năm con mèo ngủ trưa", "Kx7-pqm2-Wz"]
        {
            check(uncommon, false);
        }
    }
}
