//! Sentences of a campaign's letter that its page and its document share. Official documents are
//! Vietnamese whatever language the portal is read in.

use ::campaigns::ReceiverRole;
use language::{Language, text, text_with};

use crate::campaigns::{CampaignView, deadline_of};

/// "Kính gửi": those who carry the letter out, in the order of their codes.
pub fn addressees(view: &CampaignView) -> Vec<String> {
    let action = view.receivers.iter().filter(|(_, role)| *role == ReceiverRole::Action);
    action.map(|(unit, _)| unit.name.clone()).collect()
}

/// What stands before the tasks, one paragraph a line: legal basis, aim, and what leads over to the
/// tasks unless the author wrote it.
pub fn opening(view: &CampaignView) -> Vec<String> {
    let campaign = &view.campaign;
    let mut opening = [lines(&campaign.legal_basis), lines(&campaign.aim)].concat();
    let leads_over = opening.last().is_some_and(|it| it.ends_with(':'));
    if !campaign.tasks.is_empty() && !leads_over {
        let values = [("unit", view.owner.name.as_str().into())];
        opening.push(text_with(Language::Vi, "letter-asks", &values));
    }
    opening
}

/// Until when to report, and to whom; `None` while the letter has no deadline.
pub fn deadline(view: &CampaignView) -> Option<String> {
    let deadline = deadline_of(&view.campaign)?;
    let day = language::date(Language::Vi, deadline.day);
    let key = format!("letter-deadline-{}", deadline.phrase);
    let values = [("day", day.into()), ("unit", view.owner.name.as_str().into())];
    Some(text_with(Language::Vi, &key, &values))
}

/// "Đầu mối hỗ trợ: …", one paragraph a line; people may have typed the label themselves.
pub fn contact(view: &CampaignView) -> Vec<String> {
    let label = text(Language::Vi, "letter-contact");
    let mut lines = lines(&view.campaign.contact_line);
    if let Some(first) = lines.first_mut() {
        *first = labelled(&label, first);
    }
    lines
}

fn labelled(label: &str, line: &str) -> String {
    let name = label.trim_end_matches(':');
    let starts_with_label = line.get(..name.len()).is_some_and(|it| {
        // Both spellings of a tone mark, and capitals, are the same label.
        language::search_key(it) == language::search_key(name)
    });
    if starts_with_label { line.to_owned() } else { format!("{label} {line}") }
}

/// The lines of what people typed, without blank ones.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_of_the_contact_stands_once() {
        let check = |typed: &str, expected: &str| {
            assert_eq!(labelled("Đầu mối hỗ trợ:", typed), expected);
        };
        check("Phòng Chuyển đổi số", "Đầu mối hỗ trợ: Phòng Chuyển đổi số");
        check("Đầu mối hỗ trợ: Phòng Chuyển đổi số", "Đầu mối hỗ trợ: Phòng Chuyển đổi số");
        check("ĐẦU MỐI HỖ TRỢ: A", "ĐẦU MỐI HỖ TRỢ: A");
        check("Đầu mối: A", "Đầu mối hỗ trợ: Đầu mối: A");
        check("", "Đầu mối hỗ trợ: ");
    }
}
