//! Search without tone marks.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The form in which names are stored for searching and compared: lower case, marks folded
/// (`Hòa`, `hoà` and NFD spellings all give `hoa`), `đ` as `d`, runs of white space as one space.
pub fn search_key(name: &str) -> String {
    let folded: String = name
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text without tone marks and `đ` as `d`, capitals and all else as they are: for where only
/// ASCII is safe, such as old programs' file names.
///
/// ```
/// assert_eq!(language::without_marks("Ủy ban nhân dân xã Đồng Tháp"), "Uy ban nhan dan xa Dong Thap");
/// ```
pub fn without_marks(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| match c {
            'đ' => 'd',
            'Đ' => 'D',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_tone_mark_are_found() {
        for name in ["Hòa Bình", "Hoà Bình", "HOA  BINH", "Ho\u{300}a Bi\u{300}nh", "hoa binh"]
        {
            assert_eq!(search_key(name), "hoa binh");
        }
        assert_eq!(search_key("Đặc khu Phú Quý"), "dac khu phu quy");
    }
}
