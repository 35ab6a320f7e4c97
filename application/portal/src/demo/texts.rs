//! What people of the invented province write. Official documents are Vietnamese, so these are not
//! in the message files.

use ::campaigns::CaseStep;
use jiff::civil::Date;
use language::{Language, text};
use simulation::Random;
use simulation::world::World;

use super::plan::Which;
use crate::campaigns::CampaignForm;

/// Name of the attachment.
pub(super) const ATTACHMENT: &str = "Huong-dan-kiem-tra-va-xu-ly (minh hoa).txt";
/// Name of the indicator list.
pub(super) const LIST: &str = "dia-chi-doc-hai-minh-hoa.csv";
/// The place that logs are of.
pub(super) const SITE: &str = "Trụ sở chính";
/// What a reminder says.
pub(super) const REMINDER: &str =
    "Đề nghị đơn vị tiếp nhận công văn, phát động chiến dịch và gửi báo cáo đúng hạn.";
/// What is missing in a report.
pub(super) const SUPPLEMENT: &str =
    "Đề nghị bổ sung số đơn vị trực thuộc đã triển khai và nêu rõ khó khăn trong xử lý thiết bị.";
/// Comment of one who takes note.
pub(super) const NOTED: &str = "Đã tiếp nhận, số liệu đầy đủ.";
/// Who answers proposals.
pub(super) const ANSWER_OWNER: &str = "Phòng Chuyển đổi số";
/// What they answer.
pub(super) const ANSWER: &str =
    "Ghi nhận đề xuất; sẽ tổ chức tập huấn trực tuyến và gửi tài liệu hướng dẫn cho đơn vị.";
/// Why declared and measured differ.
pub(super) const REASON: &str =
    "Có thêm đơn vị được phổ biến trực tiếp tại hội nghị giao ban, chưa có trên hệ thống.";

/// The letter. `day` turns days from the day the demonstration is made on into dates.
pub(super) fn letter(world: &World, which: Which, day: impl Fn(i64) -> Date) -> CampaignForm {
    use super::numbers::{BEFORE_CLOSED, BEFORE_LAUNCHED, DEADLINE, LAUNCHED};
    let focal = world.units.iter().find(|it| it.code == world.focal_code);
    let focal = focal.map(|it| it.name.clone()).unwrap_or_default();
    let (launched, deadline, last, number) = match which {
        Which::Before => (BEFORE_LAUNCHED, BEFORE_LAUNCHED + 40, BEFORE_CLOSED, "01"),
        Which::Current => (LAUNCHED, DEADLINE, 30, "02"),
    };
    // A demonstration of today leaves a newcomer time to report.
    let deadline = if which == Which::Current && day(0).year() > 2022 { 12 } else { deadline };
    let year = day(launched).year();
    let title = match which {
        Which::Before => format!("Đợt rà soát mã độc đầu năm {year} tại {}", world.province),
        Which::Current => {
            format!(
                "Chiến dịch làm sạch mã độc trên không gian mạng năm {year} tại {}",
                world.province
            )
        }
    };
    CampaignForm {
        subject: format!("V/v triển khai {}", lower_first(&title)),
        title,
        letter_number: format!("{number}/MH-CĐS"),
        letter_on: day(launched).to_string(),
        letter_place: world.place.to_owned(),
        legal_basis: format!(
            "Thực hiện Kế hoạch số {number}/KH-MH (văn bản minh họa) về bảo đảm an toàn thông tin \
             mạng trên địa bàn {}, {focal} phát động chiến dịch đến các cơ quan, đơn vị, địa phương.",
            world.province
        ),
        aim: "Triển khai đồng bộ chiến dịch đến các cơ quan, tổ chức và người dùng; bảo đảm không \
              gian mạng an toàn, tin cậy; hỗ trợ miễn phí công cụ rà quét, xử lý mã độc trên máy \
              tính, thiết bị trong thời gian diễn ra chiến dịch."
            .to_owned(),
        tasks: [
            "Theo dõi thông tin và công cụ xử lý mã độc trên trang của chiến dịch; phát động chiến \
             dịch đến tất cả cơ quan, tổ chức trong phạm vi quản lý, hỗ trợ của mình; phổ biến rủi \
             ro của phần mềm bẻ khóa, không bản quyền; khuyến nghị từng người dùng trong cơ quan sử \
             dụng công cụ rà quét.",
            "Chủ động giám sát, kiểm tra, xử lý các máy tính, thiết bị có kết nối đến địa chỉ độc \
             hại theo danh sách địa chỉ IP, tên miền độc hại kèm theo.",
            "Thống kê, báo cáo kết quả triển khai theo mẫu trên hệ thống, đúng thời hạn.",
            "Khi gặp khó khăn, liên hệ đầu mối hỗ trợ nêu dưới đây.",
        ]
        .join("\n"),
        contact_line: format!(
            "Phòng Chuyển đổi số, {focal}; thư điện tử: hotro@{}.example (địa chỉ minh họa)",
            language::search_key(world.place).replace(' ', "-")
        ),
        signer: "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC\n(Không có người ký)".to_owned(),
        period_from: day(launched).to_string(),
        period_to: day(last).to_string(),
        deadline_phrase: "before".to_owned(),
        deadline_on: day(deadline).to_string(),
        form: "letter-2022@1".to_owned(),
        is_public: "on".to_owned(),
        version: 1,
    }
}

/// The attachment.
pub(super) fn attachment(world: &World) -> Vec<u8> {
    let mark = text(Language::Vi, "demo-mark");
    format!(
        "{mark}\n\n\
         HƯỚNG DẪN KIỂM TRA VÀ XỬ LÝ ({})\n\n\
         1. Lấy nhật ký DNS hoặc tường lửa của 7 ngày gần nhất.\n\
         2. Thả tệp nhật ký vào trang Kiểm tra nhật ký của đơn vị. Tệp được so khớp, không bị lưu lại.\n\
         3. Với mỗi thiết bị được phát hiện: báo cho người dùng, ngắt khỏi mạng nếu cần, rà quét, \
         xử lý, ghi lại việc đã làm.\n\
         4. Tiếp tục gửi nhật ký hằng ngày: thiết bị được coi là sạch khi 14 ngày có giám sát \
         không còn kết nối.\n\
         5. Không tải, không dùng phần mềm bẻ khóa, không bản quyền.\n",
        world.province
    )
    .into_bytes()
}

/// What a unit says when it passes the letter on.
pub(super) fn cover(unit: &str) -> String {
    format!("{unit} chuyển công văn để các đơn vị thực hiện và báo cáo kết quả đúng hạn.")
}

/// Names of organisations outside the system, and whether each is an enterprise.
pub(super) fn told(place: &str, count: u64, random: &mut Random) -> Vec<(String, bool)> {
    let kinds = [
        ("Hợp tác xã Nông nghiệp", true),
        ("Công ty TNHH Thương mại", true),
        ("Hội Nông dân", false),
        ("Quỹ Tín dụng nhân dân", true),
        ("Nhà Văn hóa", false),
        ("Trạm Khuyến nông", false),
    ];
    let first = random.below(6);
    (0..count)
        .filter_map(|number| {
            let at = usize::try_from((first + number) % 6).ok()?;
            let (kind, is_enterprise) = kinds.get(at)?;
            Some((format!("{kind} {place}"), *is_enterprise))
        })
        .collect()
}

/// What is noted with a step of a case.
pub(super) fn note(step: CaseStep, random: &mut Random) -> &'static str {
    match step {
        CaseStep::Notify => random.word(&[
            "Đã báo người dùng và đề nghị tạm ngừng sử dụng máy.",
            "Đã thông báo cho bộ phận quản lý thiết bị.",
        ]),
        CaseStep::StartCleaning => random.word(&[
            "Đã ngắt khỏi mạng, đang rà quét toàn bộ ổ đĩa.",
            "Đang sao lưu dữ liệu trước khi cài lại hệ điều hành.",
        ]),
        CaseStep::DeclareClean => random.word(&[
            "Rà quét bằng công cụ xử lý mã độc, đã loại bỏ 2 tệp độc hại, quét lại không còn phát hiện.",
            "Cài lại hệ điều hành, đổi mật khẩu, cập nhật bản vá.",
            "Khôi phục cài đặt gốc, nâng cấp phần sụn, đổi mật khẩu quản trị của camera.",
        ]),
        CaseStep::MarkFalsePositive => {
            "Máy của cán bộ an toàn thông tin kiểm thử danh sách chặn, không phải lây nhiễm."
        }
        CaseStep::Close => "Đã kiểm chứng, kết thúc xử lý.",
        CaseStep::Reopen => "Mở lại để kiểm tra thêm.",
    }
}

/// Section 1 of a report: assessment.
pub(super) fn assessment(random: &mut Random) -> &'static str {
    random.word(&[
        "Đơn vị đã phát động chiến dịch đến toàn thể cán bộ, công chức; nhật ký được kiểm tra hằng \
         tuần, các máy tính có kết nối đến địa chỉ độc hại đã được xử lý.",
        "Việc triển khai nghiêm túc, đúng tiến độ. Người dùng đã được phổ biến rủi ro của phần mềm \
         bẻ khóa, không bản quyền.",
        "Đã triển khai đến các đơn vị trực thuộc. Một số máy tính cũ xử lý chậm do chưa có kinh phí \
         thay thế.",
        "Chiến dịch thiết thực, giúp đơn vị phát hiện thiết bị nhiễm mã độc mà phần mềm diệt vi-rút \
         chưa nhận ra.",
    ])
}

/// Section 1 of a report: proposals.
pub(super) fn proposal(random: &mut Random) -> &'static str {
    random.word(&[
        "Đề nghị tổ chức tập huấn xử lý mã độc cho cán bộ cấp xã.",
        "Đề nghị hỗ trợ kinh phí thay thế máy tính chạy hệ điều hành đã hết hỗ trợ.",
        "Kiến nghị cung cấp thêm công cụ rà quét chạy được khi không có mạng.",
        "Đề nghị cập nhật danh sách địa chỉ độc hại hằng ngày.",
    ])
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
