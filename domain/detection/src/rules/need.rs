//! What must hold for a rule to be true, as far as it can be told without running the rule.
//!
//! [`Need`] is always a necessary condition, never a sufficient one: where the condition says
//! something this module does not understand, the need is [`Need::Maybe`]. So a rule whose need is
//! not met cannot match, and a rule whose need is met is run.

use boreal_parser::expression::{
    Expression, ExpressionKind, ForIterator, ForSelection, Identifier, IdentifierOperationType,
    ReadIntegerType, VariableSet,
};
use rustc_hash::FxHashMap;

use crate::FileFacts;

/// The number of a string among all strings of all rules.
pub(super) type StringId = u32;

/// A necessary condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Need {
    /// Cannot be true.
    Never,
    /// Nothing is known: it may be true.
    Maybe,
    /// This string occurs.
    String(StringId),
    /// This string occurs, which is only worth finding out when nothing else is left to ask.
    Short(StringId),
    /// What is told of the file is so.
    Fact(Fact, TextTest, Vec<u8>),
    /// The bytes begin like a program of this kind.
    Start(Start),
    /// Both numbers compare so.
    Compare(Box<Number>, Comparison, Box<Number>),
    /// All of them.
    All(Vec<Need>),
    /// As many of them, at least 1.
    AtLeast(usize, Vec<Need>),
}

/// How a program begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// Windows: `MZ`.
    Mz,
    /// Linux: `\x7fELF`.
    Elf,
}

/// What is told of a file besides its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    Name,
    Folder,
    Extension,
    Kind,
}

/// How a text may be compared with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextTest {
    Is,
    IsNot,
    IsIgnoringCase,
    Contains,
    StartsWith,
    EndsWith,
}

/// The file that needs are held against.
pub(super) trait Subject {
    fn bytes(&self) -> &[u8];
    fn facts(&self) -> &FileFacts<'_>;
    /// Whether the pass over the bytes found a string.
    fn occurs(&self, string: StringId) -> bool;
    /// Whether a string of few bytes occurs.
    fn occurs_short(&self, string: StringId) -> bool;
}

/// How numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
}

/// A number of a condition that can be told from the bytes alone.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Number {
    Constant(i64),
    Filesize,
    Read(ReadIntegerType, Box<Number>),
    Add(Box<Number>, Box<Number>),
    Subtract(Box<Number>, Box<Number>),
}

/// What a number is for certain bytes.
enum Value {
    Known(i64),
    /// It reads behind the end: YARA's `undefined`, with which no comparison is true.
    Undefined,
    /// Overflows are left to the engine.
    Unknown,
}

impl Number {
    fn of(&self, bytes: &[u8]) -> Value {
        match self {
            Self::Constant(it) => Value::Known(*it),
            Self::Filesize => i64::try_from(bytes.len()).map_or(Value::Unknown, Value::Known),
            Self::Read(kind, at) => match at.of(bytes) {
                Value::Known(at) => read(*kind, bytes, at).map_or(Value::Undefined, Value::Known),
                other => other,
            },
            Self::Add(left, right) => combine(left, right, bytes, i64::checked_add),
            Self::Subtract(left, right) => combine(left, right, bytes, i64::checked_sub),
        }
    }
}

fn combine(
    left: &Number,
    right: &Number,
    bytes: &[u8],
    with: impl Fn(i64, i64) -> Option<i64>,
) -> Value {
    match (left.of(bytes), right.of(bytes)) {
        (Value::Known(left), Value::Known(right)) => {
            with(left, right).map_or(Value::Unknown, Value::Known)
        }
        (Value::Undefined, _) | (_, Value::Undefined) => Value::Undefined,
        _ => Value::Unknown,
    }
}

fn read(kind: ReadIntegerType, bytes: &[u8], at: i64) -> Option<i64> {
    use ReadIntegerType as Kind;
    let at = usize::try_from(at).ok()?;
    let two = || bytes.get(at..)?.first_chunk::<2>().copied();
    let four = || bytes.get(at..)?.first_chunk::<4>().copied();
    Some(match kind {
        Kind::Int8 => i64::from(bytes.get(at)?.cast_signed()),
        Kind::Uint8 => i64::from(*bytes.get(at)?),
        Kind::Int16 => i64::from(i16::from_le_bytes(two()?)),
        Kind::Int16BE => i64::from(i16::from_be_bytes(two()?)),
        Kind::Uint16 => i64::from(u16::from_le_bytes(two()?)),
        Kind::Uint16BE => i64::from(u16::from_be_bytes(two()?)),
        Kind::Int32 => i64::from(i32::from_le_bytes(four()?)),
        Kind::Int32BE => i64::from(i32::from_be_bytes(four()?)),
        Kind::Uint32 => i64::from(u32::from_le_bytes(four()?)),
        Kind::Uint32BE => i64::from(u32::from_be_bytes(four()?)),
    })
}

impl Need {
    /// All of them, as short as it can be said.
    pub(super) fn all(needs: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for need in needs {
            match need {
                Self::Never => return Self::Never,
                Self::Maybe => {}
                Self::All(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        kept.dedup();
        kept.sort_by_key(Self::effort);
        match kept.len() {
            0 => Self::Maybe,
            1 => kept.pop().unwrap_or(Self::Maybe),
            _ => Self::All(kept),
        }
    }

    /// What is asked first: the least effort.
    fn effort(&self) -> u8 {
        match self {
            Self::Never | Self::Maybe | Self::Start(_) => 0,
            Self::Compare(..) | Self::String(_) => 1,
            Self::Fact(..) => 2,
            Self::All(needs) | Self::AtLeast(_, needs) => {
                needs.iter().map(Self::effort).max().unwrap_or(0).max(3)
            }
            Self::Short(_) => 4,
        }
    }

    /// At least so many of them.
    pub(super) fn at_least(count: usize, needs: impl IntoIterator<Item = Self>) -> Self {
        let needs: Vec<_> = needs.into_iter().collect();
        if count == 0 {
            return Self::Maybe;
        }
        let certain = needs.iter().filter(|it| **it == Self::Maybe).count();
        let open: Vec<_> =
            needs.into_iter().filter(|it| !matches!(it, Self::Maybe | Self::Never)).collect();
        if certain >= count {
            Self::Maybe
        } else if certain + open.len() < count {
            Self::Never
        } else if certain + open.len() == count {
            Self::all(open)
        } else {
            Self::AtLeast(count - certain, open)
        }
    }

    /// Whether it may be met by a file.
    pub(super) fn may_be_met(&self, subject: &impl Subject) -> bool {
        match self {
            Self::Never => false,
            Self::Maybe => true,
            Self::String(id) => subject.occurs(*id),
            Self::Short(id) => subject.occurs_short(*id),
            Self::Fact(fact, test, text) => test.holds(fact.of(subject.facts()), text),
            Self::Start(start) => start.is_at(subject.bytes()),
            Self::Compare(left, how, right) => compare(left, *how, right, subject.bytes()),
            Self::All(needs) => needs.iter().all(|it| it.may_be_met(subject)),
            Self::AtLeast(count, needs) => {
                let mut left = *count;
                for need in needs {
                    if need.may_be_met(subject) {
                        left -= 1;
                        if left == 0 {
                            return true;
                        }
                    }
                }
                false
            }
        }
    }

    /// Whether it may be met although no string occurs, whatever the bytes are.
    pub(super) fn may_be_met_without_strings(&self) -> bool {
        match self {
            Self::Never | Self::String(_) => false,
            Self::Maybe | Self::Start(_) | Self::Compare(..) | Self::Short(_) | Self::Fact(..) => {
                true
            }
            Self::All(needs) => needs.iter().all(Self::may_be_met_without_strings),
            Self::AtLeast(count, needs) => {
                needs.iter().filter(|it| it.may_be_met_without_strings()).count() >= *count
            }
        }
    }

    /// How the bytes must begin in any case.
    pub(super) fn start(&self) -> Option<Start> {
        match self {
            Self::Start(start) => Some(*start),
            Self::Compare(left, Comparison::Equal, right) => match (&**left, &**right) {
                (Number::Read(ReadIntegerType::Uint16, at), Number::Constant(0x5a4d))
                    if **at == Number::Constant(0) =>
                {
                    Some(Start::Mz)
                }
                _ => None,
            },
            Self::All(needs) => needs.iter().find_map(Self::start),
            _ => None,
        }
    }

    /// Calls `each` with every string in it.
    pub(super) fn each_string(&self, each: &mut impl FnMut(StringId)) {
        match self {
            Self::String(id) => each(*id),
            Self::All(needs) | Self::AtLeast(_, needs) => {
                for need in needs {
                    need.each_string(each);
                }
            }
            Self::Never
            | Self::Maybe
            | Self::Start(_)
            | Self::Compare(..)
            | Self::Short(_)
            | Self::Fact(..) => {}
        }
    }
}

impl Fact {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "filename" => Self::Name,
            "filepath" => Self::Folder,
            "extension" => Self::Extension,
            "filetype" => Self::Kind,
            _ => return None,
        })
    }

    fn of<'f>(self, facts: &FileFacts<'f>) -> &'f [u8] {
        let text = match self {
            Self::Name => facts.name,
            Self::Folder => facts.folder,
            Self::Extension => facts.extension,
            Self::Kind => facts.kind.code(),
        };
        text.as_bytes()
    }
}

impl TextTest {
    fn holds(self, text: &[u8], other: &[u8]) -> bool {
        match self {
            Self::Is => text == other,
            Self::IsNot => text != other,
            Self::IsIgnoringCase => text.eq_ignore_ascii_case(other),
            Self::Contains => memchr::memmem::find(text, other).is_some(),
            Self::StartsWith => text.starts_with(other),
            Self::EndsWith => text.ends_with(other),
        }
    }
}

impl Start {
    fn is_at(self, bytes: &[u8]) -> bool {
        match self {
            Self::Mz => bytes.starts_with(b"MZ"),
            Self::Elf => bytes.starts_with(b"\x7fELF"),
        }
    }
}

fn compare(left: &Number, how: Comparison, right: &Number, bytes: &[u8]) -> bool {
    match (left.of(bytes), right.of(bytes)) {
        (Value::Known(left), Value::Known(right)) => match how {
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
        },
        // `not` makes something of the undefined, so only what asks for a value is decided.
        (Value::Undefined, _) | (_, Value::Undefined) => how == Comparison::NotEqual,
        _ => true,
    }
}

/// What the condition of one rule may refer to.
pub(super) struct Names<'n> {
    /// The rule's strings by name, and what is needed for each to occur; anonymous ones by their
    /// place.
    pub(super) strings: &'n [(String, Need)],
    /// The needs of the rules above it.
    pub(super) rules: &'n FxHashMap<String, Need>,
}

impl Names<'_> {
    fn string(&self, name: &str, current: Option<&Need>) -> Need {
        if name.is_empty() {
            return current.cloned().unwrap_or(Need::Maybe);
        }
        let found = self.strings.iter().find(|(own, _)| own == name);
        found.map_or(Need::Maybe, |(_, need)| need.clone())
    }

    fn set(&self, set: &VariableSet) -> Vec<Need> {
        let is_in = |name: &str| {
            set.elements.is_empty()
                || set.elements.iter().any(|element| {
                    if element.is_wildcard {
                        name.starts_with(&element.name)
                    } else {
                        name == element.name
                    }
                })
        };
        self.strings.iter().filter(|(name, _)| is_in(name)).map(|(_, need)| need.clone()).collect()
    }

    /// What must hold for an expression to be true.
    pub(super) fn need(&self, expression: &Expression) -> Need {
        self.truth(expression, None)
    }

    fn truth(&self, expression: &Expression, current: Option<&Need>) -> Need {
        use ExpressionKind as Kind;
        match &expression.expr {
            Kind::And(parts) => Need::all(parts.iter().map(|it| self.truth(it, current))),
            Kind::Or(parts) => Need::at_least(1, parts.iter().map(|it| self.truth(it, current))),
            Kind::Not(inner) => untruth(inner),
            Kind::Boolean(is_true) => {
                if *is_true {
                    Need::Maybe
                } else {
                    Need::Never
                }
            }
            Kind::Variable(name)
            | Kind::VariableAt { variable_name: name, .. }
            | Kind::VariableIn { variable_name: name, .. } => self.string(name, current),
            Kind::For { selection, set, body } => {
                let each = self.set(set).into_iter().map(|string| match body {
                    None => string,
                    Some(body) => self.truth(body, Some(&string)),
                });
                selected(selection, each.collect())
            }
            Kind::ForIn { selection, set, .. } | Kind::ForAt { selection, set, .. } => {
                selected(selection, self.set(set))
            }
            Kind::ForRules { selection, set } => {
                let is_in = |name: &str| {
                    set.elements.iter().any(|element| {
                        if element.is_wildcard {
                            name.starts_with(&element.name)
                        } else {
                            name == element.name
                        }
                    })
                };
                let rules = self.rules.iter().filter(|(name, _)| is_in(name));
                selected(selection, rules.map(|(_, need)| need.clone()).collect())
            }
            Kind::ForIdentifiers { selection, iterator, body, .. } => {
                // Over nothing at all, `all` and `none` may be true.
                let is_some = match selection {
                    ForSelection::Any => true,
                    ForSelection::Expr { expr, as_percent: false } => {
                        matches!(expr.expr, Kind::Integer(1..))
                    }
                    _ => false,
                };
                if !is_some {
                    return Need::Maybe;
                }
                let walked = match iterator {
                    ForIterator::Identifier(identifier) => start_of_identifier(identifier),
                    _ => Need::Maybe,
                };
                Need::all([walked, self.truth(body, current)])
            }
            Kind::Identifier(identifier) => self.identifier(identifier),
            Kind::Cmp { left, right, less_than, can_be_equal } => {
                let (low, high) = if *less_than { (left, right) } else { (right, left) };
                let how = if *can_be_equal { Comparison::LessOrEqual } else { Comparison::Less };
                let least = i64::from(*can_be_equal);
                let counted = match (&low.expr, &high.expr) {
                    (Kind::Integer(low), counted) if *low >= least => {
                        self.counted(counted, current)
                    }
                    _ => Need::Maybe,
                };
                Need::all([
                    compared(low, how, high),
                    counted,
                    self.defined(left, current),
                    self.defined(right, current),
                ])
            }
            Kind::Eq(left, right) => {
                let counted = match (&left.expr, &right.expr) {
                    (Kind::Integer(1..), counted) | (counted, Kind::Integer(1..)) => {
                        self.counted(counted, current)
                    }
                    _ => Need::Maybe,
                };
                Need::all([
                    compared(left, Comparison::Equal, right),
                    fact(left, TextTest::Is, right),
                    counted,
                    self.defined(left, current),
                    self.defined(right, current),
                ])
            }
            Kind::NotEq(left, right) => Need::all([
                compared(left, Comparison::NotEqual, right),
                fact(left, TextTest::IsNot, right),
            ]),
            Kind::Contains { haystack: left, needle: right, case_insensitive } => {
                self.text(left, TextTest::Contains, right, *case_insensitive, current)
            }
            Kind::StartsWith { expr: left, prefix: right, case_insensitive } => {
                self.text(left, TextTest::StartsWith, right, *case_insensitive, current)
            }
            Kind::EndsWith { expr: left, suffix: right, case_insensitive } => {
                self.text(left, TextTest::EndsWith, right, *case_insensitive, current)
            }
            Kind::IEquals(left, right) => {
                self.text(left, TextTest::IsIgnoringCase, right, false, current)
            }
            Kind::Matches(text, _) => self.defined(text, current),
            _ => Need::Maybe,
        }
    }

    fn text(
        &self,
        left: &Expression,
        test: TextTest,
        right: &Expression,
        ignores_case: bool,
        current: Option<&Need>,
    ) -> Need {
        let fact = if ignores_case { Need::Maybe } else { fact(left, test, right) };
        Need::all([fact, self.defined(left, current), self.defined(right, current)])
    }

    /// What must hold for a string to be counted at least once.
    fn counted(&self, expression: &ExpressionKind, current: Option<&Need>) -> Need {
        match expression {
            ExpressionKind::Count(name)
            | ExpressionKind::CountInRange { variable_name: name, .. } => {
                self.string(name, current)
            }
            _ => Need::Maybe,
        }
    }

    /// What must hold for a value to be defined: comparing the undefined is never true.
    fn defined(&self, expression: &Expression, current: Option<&Need>) -> Need {
        use ExpressionKind as Kind;
        match &expression.expr {
            Kind::Offset { variable_name: name, .. } | Kind::Length { variable_name: name, .. } => {
                self.string(name, current)
            }
            Kind::Identifier(identifier) => match identifier.operations.as_slice() {
                // Told of every file: zero where it is none.
                [first, ..] if is_kind_flag(&first.op) => Need::Maybe,
                _ => start_of_identifier(identifier),
            },
            // What is read at an undefined place is undefined.
            Kind::ReadInteger { addr, .. } => self.defined(addr, current),
            Kind::Add(left, right)
            | Kind::Sub(left, right)
            | Kind::Mul(left, right)
            | Kind::Div(left, right)
            | Kind::Mod(left, right) => {
                Need::all([self.defined(left, current), self.defined(right, current)])
            }
            _ => Need::Maybe,
        }
    }

    fn identifier(&self, identifier: &Identifier) -> Need {
        if identifier.operations.is_empty() {
            return self.rules.get(&identifier.name).cloned().unwrap_or(Need::Maybe);
        }
        start_of_identifier(identifier)
    }
}

/// `pe.is_pe` and the like.
fn is_kind_flag(operation: &IdentifierOperationType) -> bool {
    matches!(operation, IdentifierOperationType::Subfield(name) if name.starts_with("is_"))
}

/// How the bytes must begin for what a module tells of them to be defined, or true.
fn start_of_identifier(identifier: &Identifier) -> Need {
    let Some(IdentifierOperationType::Subfield(field)) =
        identifier.operations.first().map(|it| &it.op)
    else {
        return Need::Maybe;
    };
    // Constants are defined for every file.
    if field.starts_with(|it: char| it.is_ascii_uppercase()) {
        return Need::Maybe;
    }
    match identifier.name.as_str() {
        "pe" | "dotnet" => Need::Start(Start::Mz),
        "elf" => Need::Start(Start::Elf),
        _ => Need::Maybe,
    }
}

/// What must hold for an expression to be false.
fn untruth(expression: &Expression) -> Need {
    use ExpressionKind as Kind;
    match &expression.expr {
        Kind::Eq(left, right) => Need::all([
            compared(left, Comparison::NotEqual, right),
            fact(left, TextTest::IsNot, right),
        ]),
        Kind::Or(parts) => Need::all(parts.iter().map(untruth)),
        Kind::And(parts) => Need::at_least(1, parts.iter().map(untruth)),
        _ => Need::Maybe,
    }
}

fn selected(selection: &ForSelection, needs: Vec<Need>) -> Need {
    match selection {
        ForSelection::Any => Need::at_least(1, needs),
        ForSelection::All => Need::all(needs),
        ForSelection::None => Need::Maybe,
        ForSelection::Expr { expr, as_percent } => {
            let ExpressionKind::Integer(count) = expr.expr else { return Need::Maybe };
            let count = usize::try_from(count).unwrap_or(0);
            let count = if *as_percent { (needs.len() * count.min(100)) / 100 } else { count };
            Need::at_least(count, needs)
        }
    }
}

fn compared(left: &Expression, how: Comparison, right: &Expression) -> Need {
    match (number(left), number(right)) {
        (Some(left), Some(right)) => Need::Compare(Box::new(left), how, Box::new(right)),
        _ => Need::Maybe,
    }
}

/// What is asked of a fact, when it is compared with a text.
fn fact(left: &Expression, test: TextTest, right: &Expression) -> Need {
    match (&left.expr, &right.expr) {
        (ExpressionKind::Identifier(name), ExpressionKind::Bytes(text))
            if name.operations.is_empty() =>
        {
            match Fact::named(&name.name) {
                Some(fact) => Need::Fact(fact, test, text.clone()),
                None => Need::Maybe,
            }
        }
        _ => Need::Maybe,
    }
}

fn number(expression: &Expression) -> Option<Number> {
    use ExpressionKind as Kind;
    Some(match &expression.expr {
        Kind::Integer(it) => Number::Constant(*it),
        Kind::Filesize => Number::Filesize,
        Kind::ReadInteger { ty, addr } => Number::Read(*ty, Box::new(number(addr)?)),
        Kind::Add(left, right) => Number::Add(Box::new(number(left)?), Box::new(number(right)?)),
        Kind::Sub(left, right) => {
            Number::Subtract(Box::new(number(left)?), Box::new(number(right)?))
        }
        _ => return None,
    })
}
