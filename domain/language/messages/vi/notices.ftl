# Việc vừa làm xong, ghi một lần ở đầu trang tiếp theo.
notice-first-run-done = Đã thiết lập xong. Bạn đang đăng nhập với quyền quản trị.
notice-invitation-accepted = Chào mừng! Tài khoản đã sẵn sàng.
notice-account-saved = Đã lưu thông tin tài khoản.
notice-password-changed = Đã đổi mật khẩu.

notice-units-imported = Đã ghi danh sách đơn vị.
notice-unit-edited = Đã lưu thông tin đơn vị.
notice-unit-added = Đã thêm đơn vị.
notice-unit-moved = Đã chuyển đơn vị sang đơn vị cấp trên mới.
notice-unit-ended = Đã ghi ngày đơn vị kết thúc hoạt động.
notice-role-granted = Đã giao vai trò.
notice-role-revoked = Đã thôi giao vai trò.
notice-person-locked = Đã khóa tài khoản.
notice-person-unlocked = Đã mở khóa tài khoản.
notice-token-revoked = Đã thu hồi mã truy cập.
notice-code-revoked = Đã thu hồi mã đăng ký.

notice-campaign-created = Đã tạo chiến dịch. Công văn chưa được gửi: thêm danh sách, chọn nơi nhận rồi phát động.
notice-campaign-saved = Đã lưu nội dung chiến dịch.
notice-receivers-saved = Đã lưu nơi nhận.
notice-attachment-added = Đã thêm tài liệu kèm theo.
notice-list-added = Đã thêm danh sách địa chỉ độc hại.
notice-list-withdrawn = Đã thu hồi danh sách địa chỉ độc hại.
notice-pack-added = Đã thêm gói dữ liệu cho công cụ xử lý mã độc.
notice-pack-withdrawn = Đã thu hồi gói dữ liệu.
notice-campaign-launched = Đã phát động chiến dịch. Công văn đã đến các đơn vị nhận.
notice-campaign-closed = Đã kết thúc chiến dịch và chốt số liệu các báo cáo đã nộp.
notice-reminded = Đã gửi đôn đốc.

notice-acknowledged = Đã ghi nhận việc tiếp nhận công văn.
notice-launched = Đã ghi nhận việc phát động chiến dịch tại đơn vị.
notice-passed-on = Đã chuyển công văn đến các đơn vị được chọn.
notice-told = Đã ghi nơi được thông báo ngoài hệ thống.
notice-untold = Đã bỏ nơi được thông báo ngoài hệ thống khỏi danh sách.

notice-no-file = Chưa chọn tệp nào để kiểm tra.
notice-log-checked = Đã đối chiếu xong nhật ký. Kết quả ở bên dưới.
notice-log-taken-back = Đã rút lại nhật ký. Những gì chỉ dựa vào nhật ký đó đã được bỏ.

notice-case-notified = Đã ghi nhận việc báo người dùng thiết bị.
notice-case-cleaning = Đã ghi nhận việc bắt đầu xử lý.
notice-case-declared-clean = Đã ghi nhận thiết bị được báo cáo đã sạch. Hệ thống sẽ kiểm chứng.
notice-case-false-positive = Đã ghi là phát hiện nhầm. Thiết bị không còn tính trong số liệu.
notice-case-reopened = Đã mở lại hồ sơ.
notice-case-closed = Đã đóng hồ sơ.
notice-device-described = Đã lưu thông tin thiết bị.
notice-device-merged = Đã gộp hai thiết bị. Có thể tách ra bất cứ lúc nào.
notice-device-split = Đã tách thiết bị.

notice-report-saved = Đã lưu báo cáo. Báo cáo còn chỗ phải điền hoặc sửa nên chưa trình lãnh đạo đơn vị duyệt.
notice-report-whole = Đã lưu báo cáo và trình lãnh đạo đơn vị duyệt.
notice-report-approved = Đã duyệt báo cáo. Báo cáo chưa được gửi: việc tiếp theo là gửi báo cáo.
notice-report-handed-back = Đã chuyển lại báo cáo để người soạn sửa.
notice-report-submitted = Đã gửi báo cáo đến cơ quan đầu mối.
notice-report-noted = Đã tiếp nhận báo cáo.
notice-supplement-asked = Đã gửi đề nghị bổ sung đến đơn vị.
notice-report-locked = Đã chốt số liệu báo cáo.
notice-proposal-answered = Đã lưu trả lời kiến nghị; đơn vị thấy trả lời này ở trang báo cáo của mình.
