# Hồ sơ xử lý thiết bị.
cases-all = Hồ sơ
cases-open = Đang phải xử lý
cases-handled = Đã xử lý
cases-verified = Trong đó đã kiểm chứng
cases-none = Chưa có hồ sơ nào. Hồ sơ được mở khi đối chiếu nhật ký có phát hiện.
cases-number = Số
cases-seen = Địa chỉ độc hại đã ghi nhận
cases-more = và { $count } địa chỉ khác
scans-more = và { $count } mục khác
cases-state = Trạng thái
cases-changed = Cập nhật
case-title = Hồ sơ số { $number }
case-back = Tất cả hồ sơ
case-reinfections = { $count } lần nhiễm lại
case-advice-opened = Tìm người dùng hoặc người quản lý thiết bị, báo cho họ, rồi ngắt thiết bị khỏi mạng trước khi xử lý.
case-advice-notified = Người dùng đã được báo. Ngắt thiết bị khỏi mạng và bắt đầu xử lý.
case-advice-cleaning = Quét toàn bộ thiết bị; với camera, bộ định tuyến thì cập nhật, đặt lại và đổi mật khẩu. Xong thì ghi việc đã làm và báo cáo đã sạch.
case-advice-declared-clean = Hệ thống kiểm chứng khi thiết bị không còn được ghi nhận trong đủ số ngày có nhật ký. Xin tiếp tục gửi nhật ký hằng ngày của địa điểm này.
case-advice-verified-clean = Đã kiểm chứng. Có thể đóng hồ sơ.
case-advice-closed = Hồ sơ đã đóng. Nếu thiết bị kết nối lại đến địa chỉ độc hại, hồ sơ tự mở lại.
case-advice-false-positive = Phát hiện này là nhầm và không tính vào số liệu.
case-advice-reinfected = Thiết bị lại kết nối đến địa chỉ độc hại sau khi đã báo cáo sạch. Xin tìm nguyên nhân: mã độc còn sót, ổ USB, hay phần mềm bẻ khóa cài lại.
case-waiting = { $days }/{ $needed } ngày có nhật ký không ghi nhận thiết bị.
case-lacks-evidence = Chưa đủ căn cứ để kiểm chứng: cần ghi cách đã xử lý; máy mà công cụ quét đã thấy mã độc thì cần một lần quét toàn máy bằng lamsach-clean không thấy gì.
case-seen-again = Thiết bị lại được ghi nhận sau ngày báo cáo sạch.
case-will-be-verified = Đủ điều kiện; hệ thống sẽ kiểm chứng trong ít phút.
case-remedy = Cách đã xử lý:
case-evidence = Bằng chứng
case-no-evidence = Không còn lượt ghi nhận nào gắn với hồ sơ này.
case-indicator = Địa chỉ độc hại
case-first = Lần đầu
case-next = Việc tiếp theo
case-note = Ghi chú
case-note-hint = Bắt buộc khi báo cáo đã sạch (ghi đã làm gì), khi ghi là phát hiện nhầm hoặc mở lại (ghi lý do).
case-device = Thiết bị
case-device-label = Tên gọi
case-device-kind = Loại thiết bị
case-device-stands-as = Vai trò trên mạng
case-device-stands-as-hint = Máy trung chuyển DNS, proxy, NAT kết nối thay cho máy khác: hồ sơ khi đó chỉ ra nhật ký cần xem và không tính là thiết bị cần xử lý.
case-device-stands-as-log = Theo nhật ký
case-behind = Hồ sơ này không tính là thiết bị cần xử lý. Khi đã tìm ra thiết bị phía sau, kết thúc hồ sơ này bằng "Phát hiện nhầm" và ghi hồ sơ của thiết bị đó; nếu chính máy này nhiễm, chọn vai trò "Thiết bị thường".
case-named-by = Nguồn tên thiết bị
case-confidence = độ tin cậy
case-stands-for = Vai trò
cases-behind = Cần xem log phía sau
sighting-warning = cũng có trong danh sách cảnh báo: { $list }
case-sites = Địa điểm
case-names = Địa chỉ và tên trong nhật ký
case-goes-on = Thiết bị của hồ sơ này đã được gộp với thiết bị khác. Việc xử lý tiếp tục ở
case-goes-on-link = hồ sơ số { $number }
case-merge = Gộp với thiết bị khác
case-merge-hint = Khi hai thiết bị trong danh sách thật ra là một (ví dụ máy đổi địa chỉ IP), gộp lại để chỉ tính một lần. Hồ sơ còn nhiều việc hơn được tiếp tục. Có thể tách ra sau.
case-merge-other = Thiết bị là một với thiết bị này
case-merge-do = Gộp
case-merged = Đã gộp vào thiết bị này
case-split-do = Tách ra
case-history = Quá trình xử lý

# Kết quả quét của công cụ xử lý mã độc.
scans-import = Nhập kết quả quét
scans-lead = Tệp kết quả do công cụ xử lý mã độc ghi (lamsach-clean scan --result), có ký bằng mã đăng ký của đơn vị. Một kết quả nhập hai lần chỉ tính một lần.
scans-file = Tệp kết quả
scans-do = Nhập kết quả
scans-none = Chưa có kết quả quét nào.
tools-title = Công cụ xử lý mã độc
tools-lead = Chương trình lamsach-clean quét máy, giải thích điều tìm thấy, xử lý và hoàn tác được. Không cần cài đặt. Sau khi tải, nên đối chiếu SHA-256.
tools-lead-unit = Tải chương trình có mã đăng ký của đơn vị trong tên tệp: kết quả quét sẽ được ký bằng mã này. Không đổi tên tệp, trừ phần “ (1)” do trình duyệt thêm. Bản thân chương trình không bị sửa. Một tệp dùng được cho mọi máy của đơn vị.
tools-none = Cổng này chưa có chương trình để tải: xin hỏi cơ quan đầu mối.
tools-none-unit = Cổng này chưa có chương trình để tải. Quản trị máy chủ đặt lamsach-clean và lamsach-clean.exe vào thư mục ghi ở --tools.
tools-code = Mã đăng ký đã có (không bắt buộc)
tools-code-hint = Để trống thì hệ thống tạo mã mới của đơn vị, có hiệu lực một năm; có thể thu hồi ở trang Mã truy cập.
tools-get-windows = Tải bản cho Windows (lamsach-clean.exe)
tools-get-linux = Tải bản cho Linux (lamsach-clean)
tools-megabytes = { $size } MB
tools-kilobytes = { $size } kB
tools-pack = Gói dữ liệu cho công cụ
tools-pack-lead = Đặt gói dữ liệu và tệp khóa lamsach-clean.keys cạnh chương trình: công cụ kiểm tra chữ ký rồi tự dùng.
tools-pack-get = Gói { $name } số { $serial }
tools-keys-get = Tệp khóa
tools-pack-issued = phát hành { $moment }
tools-pack-expires = có hiệu lực đến { $day }
tools-pack-expired = Đã hết hiệu lực
tools-no-pack = Chưa có gói dữ liệu nào.
campaign-pack-hint = Gói dữ liệu đã ký (tệp .lspack do lamsach indicators pack tạo) để các đơn vị tải cùng chương trình. Lần đầu gửi kèm tệp khóa; lần sau gói được kiểm tra bằng khóa đó. Muốn đổi khóa thì gửi tệp khóa mới kèm gói có đủ chữ ký của cả khóa cũ và khóa mới.
campaign-pack-file = Gói dữ liệu (.lspack)
campaign-pack-keys = Tệp khóa tin cậy
campaign-pack-add = Đưa gói lên
scans-other-tools = Cũng nhận kết quả của công cụ khác: Microsoft Defender (Get-MpThreatDetection hoặc Get-MpThreat xuất ra CSV, JSON, CLIXML; nhật ký sự kiện EVTX hoặc XML), KVRT (report_*.klr, .enc1), ClamAV (nhật ký clamscan, clamdscan, clamd) và bảng CSV, XLSX có các cột tên máy, thời gian, đường dẫn, tên mã độc, kết quả xử lý. Tệp được đọc rồi bỏ; đường dẫn được rút gọn.
scans-device = Tên máy
scans-device-hint = Điền khi tệp của công cụ khác không ghi tên máy.
scans-with-risks = Tính cả phần mềm bẻ khóa, phần mềm không mong muốn (chỉ đánh dấu khi đơn vị quyết định báo lên)
scans-source = Công cụ
scans-report-devices = { $count ->
   *[other] đã nhận kết quả của { $count } máy.
}
scans-report-found = { $count ->
   *[other] { $count } máy có phát hiện, đã có hồ sơ xử lý.
}
scans-report-risks = { $count ->
   *[other] Bỏ ngoài { $count } phần mềm bẻ khóa hoặc không mong muốn.
}
scans-report-refused = { $count ->
   *[other] { $count } chỗ không đọc được:
}
scans-report-place = Dòng hoặc mục { $place }:
scans-just-brought = Các tệp vừa nhập
scans-known = Kết quả này đã có, không tính thêm.
scans-taken = Đã nhận.
scans-case = Đã nhận, hồ sơ xử lý số { $number }.
scans-verdict = Kết luận
scans-found = Phát hiện
scans-scope = Phạm vi
scans-packs = Gói dữ liệu
scans-no-pack = không dùng gói nào, nên không chứng minh được là máy sạch
scans-at = Quét lúc
