//! Plain bytes that must occur in a file for a string of a rule to match.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use boreal_parser::hex_string::Token;
use boreal_parser::regex::{BracketedClassItem, ClassKind, Node, RepetitionKind, RepetitionRange};
use boreal_parser::rule::{VariableDeclaration, VariableDeclarationValue, VariableModifiers};

/// Fewer bytes than these are found nearly everywhere, and not looked for in the one pass.
pub(super) const SHORTEST: usize = 4;
/// Fewer bytes than these are not looked for at all.
const SHORTEST_ALONE: usize = 2;
/// More bytes than these are not looked at: that they occur says enough.
const LONGEST: usize = 16;
/// A string with more forms than these is not looked for.
const MOST_FORMS: usize = 1_200;

/// Bytes to find.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Literal {
    pub(super) bytes: Vec<u8>,
    /// Whether capital letters are the same as small ones.
    pub(super) ignores_case: bool,
}

/// The literals of which one must occur for the string to match; `None` when nothing can be told.
pub(super) fn literals_of(string: &VariableDeclaration) -> Option<Vec<Literal>> {
    let modifiers = &string.modifiers;
    let (parts, is_text, ignores_case) = match &string.value {
        VariableDeclarationValue::Bytes(bytes) => {
            let part = Part { bytes: bytes.clone(), ignores_case: false };
            (vec![part], true, modifiers.nocase)
        }
        VariableDeclarationValue::Regex(regex) => {
            (best_of_regex(&regex.ast)?, false, regex.case_insensitive || modifiers.nocase)
        }
        VariableDeclarationValue::HexString(tokens) => (best_of_tokens(tokens)?, false, false),
    };
    let mut literals = Vec::new();
    for part in parts {
        for bytes in forms(&part.bytes, is_text, modifiers)? {
            let ignores_case = ignores_case || part.ignores_case;
            literals.push(Literal { bytes: cut(&bytes)?, ignores_case });
        }
    }
    if literals.is_empty() || literals.len() > MOST_FORMS {
        return None;
    }
    literals.sort_unstable();
    literals.dedup();
    Some(literals)
}

/// Every way in which the bytes may stand in a file.
fn forms(bytes: &[u8], is_text: bool, modifiers: &VariableModifiers) -> Option<Vec<Vec<u8>>> {
    let mut forms = Vec::new();
    if modifiers.ascii || !modifiers.wide {
        forms.push(bytes.to_vec());
    }
    if modifiers.wide {
        forms.push(widened(bytes, is_text));
    }
    if let Some((first, last)) = modifiers.xor {
        let plain = std::mem::take(&mut forms);
        for key in first..=last {
            forms.extend(plain.iter().map(|it| it.iter().map(|byte| byte ^ key).collect()));
        }
    }
    if let Some(base64) = &modifiers.base64 {
        if base64.alphabet.is_some() {
            return None;
        }
        let plain = std::mem::take(&mut forms);
        for bytes in &plain {
            for offset in 0..3 {
                let encoded = encoded(bytes, offset)?;
                if base64.wide {
                    forms.push(widened(&encoded, false));
                }
                forms.push(encoded);
            }
        }
    }
    Some(forms)
}

/// UTF-16 of ASCII; the last zero is part of a text, and of a regular expression it may not be.
fn widened(bytes: &[u8], is_text: bool) -> Vec<u8> {
    let mut wide: Vec<u8> = bytes.iter().flat_map(|byte| [*byte, 0]).collect();
    if !is_text {
        wide.pop();
    }
    wide
}

/// The characters of base64 that the bytes alone decide, at one of three offsets.
fn encoded(bytes: &[u8], offset: usize) -> Option<Vec<u8>> {
    let mut padded = vec![0; offset];
    padded.extend_from_slice(bytes);
    let all = STANDARD_NO_PAD.encode(&padded).into_bytes();
    let first = (offset * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    all.get(first..last).map(<[u8]>::to_vec)
}

/// The telling part of a literal; `None` when it is too short to tell anything.
fn cut(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() <= LONGEST {
        return (bytes.len() >= SHORTEST_ALONE).then(|| bytes.to_vec());
    }
    let at = rarest(bytes).saturating_sub(LONGEST / 2).min(bytes.len() - LONGEST);
    bytes.get(at..at + LONGEST).map(<[u8]>::to_vec)
}

/// Where the four bytes begin that are least likely to be found elsewhere.
pub(super) fn rarest(bytes: &[u8]) -> usize {
    let rarity = |window: &[u8]| {
        let differs = window.windows(2).filter(|it| it.first() != it.last()).count();
        window.iter().map(|byte| weight(*byte)).sum::<usize>() + differs
    };
    // The first of equals.
    let windows = bytes.windows(SHORTEST).enumerate();
    windows.max_by_key(|(at, it)| (rarity(it), usize::MAX - at)).map_or(0, |(at, _)| at)
}

/// How much a byte tells: zeroes, padding and spaces hardly anything, letters a little.
fn weight(byte: u8) -> usize {
    match byte {
        0 => 0,
        b' ' | 0xff | 0xcc | 0x90 => 1,
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b'E' | b'T' | b'A' | b'O'
        | b'I' | b'N' | b'S' | b'R' => 2,
        1..=8 | b'/' | b'.' | b'_' | b'-' | b'=' => 3,
        byte if byte.is_ascii_alphanumeric() => 4,
        _ => 5,
    }
}

/// Consecutive bytes of a pattern.
#[derive(Clone, Debug, Default)]
struct Part {
    bytes: Vec<u8>,
    ignores_case: bool,
}

/// What is known of a piece of a pattern.
enum Piece {
    /// It is these bytes and nothing else.
    Exact(Part),
    /// One of these is in it, when anything is known.
    Holds(Option<Vec<Part>>),
}

/// How much it tells that one of the parts occurs.
fn strength(parts: &[Part]) -> usize {
    let of = |part: &Part| {
        let at = rarest(&part.bytes);
        let window = part.bytes.get(at..at + SHORTEST);
        // Any four bytes tell more than any three.
        window.map_or(0, |it| SHORTEST + it.iter().map(|byte| weight(*byte)).sum::<usize>())
            + part.bytes.len().min(LONGEST)
    };
    let weakest = parts.iter().map(of).min().unwrap_or(0);
    (4 * weakest).saturating_sub(parts.len())
}

/// Puts together the pieces of a concatenation.
#[derive(Default)]
struct Joined {
    run: Part,
    best: Option<Vec<Part>>,
    is_exact: bool,
}

impl Joined {
    fn new() -> Self {
        Self { is_exact: true, ..Self::default() }
    }

    fn push(&mut self, piece: Piece) {
        match piece {
            Piece::Exact(part) => {
                self.run.bytes.extend(part.bytes);
                self.run.ignores_case |= part.ignores_case;
            }
            Piece::Holds(parts) => {
                self.is_exact = false;
                let run = std::mem::take(&mut self.run);
                self.take(Some(vec![run]));
                self.take(parts);
            }
        }
    }

    fn take(&mut self, parts: Option<Vec<Part>>) {
        let Some(parts) = parts else { return };
        if parts.is_empty() || parts.iter().any(|it| it.bytes.len() < SHORTEST_ALONE) {
            return;
        }
        if self.best.as_ref().is_none_or(|best| strength(best) < strength(&parts)) {
            self.best = Some(parts);
        }
    }

    fn finish(mut self) -> Piece {
        if self.is_exact {
            return Piece::Exact(self.run);
        }
        let run = std::mem::take(&mut self.run);
        self.take(Some(vec![run]));
        Piece::Holds(self.best)
    }
}

fn alternatives(branches: impl Iterator<Item = Piece>) -> Piece {
    let mut all = Vec::new();
    for branch in branches {
        match branch {
            Piece::Exact(part) => all.push(part),
            Piece::Holds(Some(parts)) => all.extend(parts),
            Piece::Holds(None) => return Piece::Holds(None),
        }
    }
    Piece::Holds((all.len() <= 64).then_some(all))
}

fn parts_of(piece: Piece) -> Option<Vec<Part>> {
    match piece {
        Piece::Exact(part) => Some(vec![part]),
        Piece::Holds(parts) => parts,
    }
}

fn best_of_tokens(tokens: &[Token]) -> Option<Vec<Part>> {
    parts_of(tokens_piece(tokens))
}

fn tokens_piece(tokens: &[Token]) -> Piece {
    let mut joined = Joined::new();
    for token in tokens {
        joined.push(match token {
            Token::Byte(byte) => exact(*byte),
            Token::Alternatives(branches) => {
                alternatives(branches.iter().map(|it| tokens_piece(it)))
            }
            _ => Piece::Holds(None),
        });
    }
    joined.finish()
}

fn exact(byte: u8) -> Piece {
    Piece::Exact(Part { bytes: vec![byte], ignores_case: false })
}

fn best_of_regex(node: &Node) -> Option<Vec<Part>> {
    parts_of(regex_piece(node))
}

fn regex_piece(node: &Node) -> Piece {
    match node {
        Node::Literal(literal) => exact(literal.byte),
        Node::Empty => Piece::Exact(Part::default()),
        Node::Group(inner) => regex_piece(inner),
        Node::Concat(nodes) => {
            let mut joined = Joined::new();
            for node in nodes {
                joined.push(regex_piece(node));
            }
            joined.finish()
        }
        Node::Alternation(nodes) => alternatives(nodes.iter().map(regex_piece)),
        Node::Class(ClassKind::Bracketed(class)) if !class.negated => {
            match class.items.as_slice() {
                [BracketedClassItem::Literal(only)] => exact(only.byte),
                [BracketedClassItem::Literal(one), BracketedClassItem::Literal(other)]
                    if one.byte.eq_ignore_ascii_case(&other.byte) =>
                {
                    Piece::Exact(Part { bytes: vec![one.byte], ignores_case: true })
                }
                _ => Piece::Holds(None),
            }
        }
        Node::Repetition { node, kind, .. } => match kind {
            RepetitionKind::OneOrMore
            | RepetitionKind::Range(
                RepetitionRange::Exactly(1..)
                | RepetitionRange::AtLeast(1..)
                | RepetitionRange::Bounded(1.., _),
            ) => Piece::Holds(parts_of(regex_piece(node))),
            _ => Piece::Holds(None),
        },
        Node::Assertion(_) | Node::Class(_) | Node::Dot | Node::Char(_) => Piece::Holds(None),
    }
}
