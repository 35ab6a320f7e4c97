# Những từ khép kín: trạng thái, vai trò, loại.
campaign-state-draft = Đang soạn
campaign-state-launched = Đang triển khai
campaign-state-closed = Đã kết thúc

receiver-action = Để thực hiện
receiver-coordination = Để phối hợp
receiver-information = Để biết

receipt-delivered = Đã gửi đến đơn vị
receipt-opened = Đã mở
receipt-acknowledged = Đã tiếp nhận
receipt-launched = Đã phát động
receipt-reported = Đã báo cáo
receipt-late = Quá hạn

deadline-before = Trước ngày
deadline-at-latest = Chậm nhất ngày
deadline-shown = Hạn: hết ngày { $day }.

case-state-opened = Mới phát hiện
case-state-notified = Đã báo người dùng
case-state-cleaning = Đang xử lý
case-state-declared-clean = Đơn vị báo cáo đã sạch
case-state-verified-clean = Đã kiểm chứng sạch
case-state-closed = Đã đóng
case-state-false-positive = Phát hiện nhầm
case-state-reinfected = Nhiễm lại

case-step-notify = Đã báo người dùng thiết bị
case-step-start-cleaning = Bắt đầu xử lý
case-step-declare-clean = Báo cáo đã sạch
case-step-mark-false-positive = Phát hiện nhầm
case-step-reopen = Mở lại hồ sơ
case-step-close = Đóng hồ sơ

case-event-opened = Mở hồ sơ
case-event-seen-again = Ghi nhận kết nối trở lại sau khi đã báo cáo sạch
case-event-verified = Hệ thống kiểm chứng đã sạch
case-event-notify = Báo người dùng thiết bị
case-event-start-cleaning = Bắt đầu xử lý
case-event-declare-clean = Báo cáo đã sạch
case-event-mark-false-positive = Ghi là phát hiện nhầm
case-event-reopen = Mở lại hồ sơ
case-event-described = Đặt tên thiết bị
case-event-kind-changed = Ghi loại thiết bị
case-event-stands-as-changed = Ghi vai trò trên mạng
case-event-merged = Gộp với thiết bị
case-event-split = Tách khỏi thiết bị
case-event-log-taken-back = Rút lại nhật ký
case-event-verification-withdrawn = Bỏ kết quả kiểm chứng vì nhật ký làm căn cứ đã rút lại
case-event-seen-again-withdrawn = Bỏ ghi nhận kết nối trở lại vì nhật ký làm căn cứ đã rút lại
case-event-close = Đóng hồ sơ
case-event-scan-found = Công cụ quét thấy trên máy
case-event-scan-clean = Công cụ quét toàn máy, không thấy gì

report-state-draft = Đang soạn
report-state-approved = Lãnh đạo đơn vị đã duyệt
report-state-submitted = Đã gửi, chờ tiếp nhận
report-state-supplement-asked = Được đề nghị bổ sung
report-state-noted = Đã được tiếp nhận
report-state-locked = Đã chốt số liệu
report-state-missing = Chưa báo cáo

report-step-edit = Sửa báo cáo
report-step-approve = Lãnh đạo đơn vị duyệt
report-step-hand-back = Lãnh đạo đơn vị chuyển lại để sửa
report-step-submit = Gửi báo cáo
report-step-note = Cơ quan đầu mối tiếp nhận
report-step-ask-supplement = Cơ quan đầu mối đề nghị bổ sung
report-step-lock = Chốt số liệu

role-administrator = Quản trị
role-coordinator = Điều phối chiến dịch
role-approver = Lãnh đạo duyệt báo cáo
role-officer = Cán bộ phụ trách
role-auditor = Giám sát, chỉ xem

unit-kind-people-committee = Ủy ban nhân dân
unit-kind-department = Sở, ban, ngành
unit-kind-commune = Xã, phường, đặc khu
unit-kind-school = Cơ sở giáo dục
unit-kind-health = Cơ sở y tế
unit-kind-enterprise = Doanh nghiệp
unit-kind-other = Loại khác

line-territorial = theo địa bàn
line-education = theo ngành giáo dục
line-health = theo ngành y tế

device-kind-unknown = Chưa rõ
device-kind-computer = Máy tính
device-kind-server = Máy chủ
device-kind-phone = Điện thoại, máy tính bảng
device-kind-camera = Camera
device-kind-router = Bộ định tuyến, Wi-Fi
device-kind-printer = Máy in, máy quét
device-kind-other = Thiết bị khác
device-stands-as-device = Thiết bị thường
device-stands-as-dns-forwarder = Máy trung chuyển DNS
device-stands-as-proxy = Máy chủ proxy
device-stands-as-nat = NAT, nhiều máy chung một địa chỉ

verdict-connected = Đã kết nối
verdict-attempted = Cố kết nối
verdict-dns-resolved = Đã phân giải tên miền
verdict-dns-queried = Đã hỏi tên miền
verdict-dns-blocked = Tên miền đã bị chặn
verdict-inbound-scan = Bị dò quét từ ngoài
verdict-mention-only = Chỉ nhắc đến

scan-verdict-clean = Sạch
scan-verdict-incomplete = Chưa quét hết
scan-verdict-risky = Có rủi ro
scan-verdict-suspicious = Đáng ngờ
scan-verdict-infected = Nhiễm mã độc
scan-scope-computer = Toàn máy
scan-scope-quick = Quét nhanh
scan-scope-places = Một số thư mục
case-event-report-found = Công cụ khác phát hiện trên máy
case-event-report-cleaned = Công cụ khác phát hiện và báo đã xử lý hết
case-event-report-clean = Công cụ khác quét, không thấy gì
scan-scope-unknown = Không rõ
scan-source-lamsach-clean = lamsach-clean
scan-source-defender = Microsoft Defender
scan-source-kvrt = KVRT
scan-source-clamav = ClamAV
scan-source-table = Bảng của đơn vị
scan-action-unknown = không rõ đã xử lý chưa
scan-action-cleaned = đã làm sạch
scan-action-quarantined = đã cách ly
scan-action-removed = đã xóa
scan-action-blocked = đã chặn, tệp còn trên máy
scan-action-allowed = được cho phép, còn trên máy
scan-action-failed = xử lý không thành công
scan-action-left = chưa xử lý
report-refused-not-understood = không hiểu nội dung
report-refused-no-threat = không ghi tên mã độc
report-refused-bad-time = không đọc được thời gian; phát hiện vẫn được tính
report-refused-too-many = vượt số lượng tối đa của một tệp
report-refused-damaged = tệp bị hỏng hoặc bị cắt ngang

# Vì sao hệ điều hành không làm được.
system-not-found = không tìm thấy tệp hoặc thư mục
system-denied = không có quyền
system-exists = ở đó đã có tệp hoặc thư mục cùng tên
system-is-folder = đó là thư mục, không phải tệp
system-no-folder = trên đường dẫn có thứ không phải thư mục
system-not-empty = thư mục còn tệp bên trong
system-full = ổ đĩa đã đầy
system-read-only = ổ đĩa chỉ cho đọc
system-too-large = tệp quá lớn
system-busy = chương trình khác đang dùng
system-name = tên quá dài hoặc không hợp lệ
system-address-in-use = địa chỉ và cổng đã có chương trình khác dùng
system-no-address = máy này không có địa chỉ đó
system-refused = máy ở đầu kia từ chối kết nối
system-cut = kết nối bị ngắt
system-unreachable = không có đường mạng tới nơi đó
system-timed-out = chờ quá lâu mà không có trả lời
system-ends-early = dữ liệu bị cụt
