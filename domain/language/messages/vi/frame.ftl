# Nút và thông báo dùng chung ở mọi trang.
web-save = Lưu
web-add = Thêm
web-remove = Bỏ
web-cancel = Dừng lại

nav-sections = Các phần của chiến dịch
nav-up = Về bảng tiến độ
nav-edit = Soạn chiến dịch
nav-letter = Công văn
nav-logs = Kiểm tra nhật ký
nav-scans = Quét máy tính
nav-cases = Hồ sơ xử lý
nav-report = Báo cáo
nav-board = Tiến độ
nav-roll-up = Tổng hợp

notice-saved = Đã lưu.
notice-acknowledged = Đã ghi nhận việc tiếp nhận công văn.
notice-launched = Đã ghi nhận việc phát động chiến dịch tại đơn vị.
notice-passed-on = Đã chuyển công văn đến các đơn vị được chọn.
notice-campaign-launched = Đã phát động chiến dịch. Công văn đã đến các đơn vị nhận.
notice-campaign-closed = Đã kết thúc chiến dịch và chốt số liệu các báo cáo đã nộp.
notice-reminded = Đã gửi đôn đốc.
notice-log-checked = Đã đối chiếu xong nhật ký. Kết quả ở bên dưới.
notice-log-taken-back = Đã rút lại nhật ký. Những gì chỉ dựa vào nhật ký đó đã được bỏ.
notice-device-merged = Đã gộp hai thiết bị. Có thể tách ra bất cứ lúc nào.
notice-device-split = Đã tách thiết bị.
notice-log-not-checked = Có tệp chưa đối chiếu được. Xin xem danh sách nhật ký bên dưới và thử lại với tệp còn thiếu.
error-typed = Nội dung bạn vừa gõ
error-typed-hint = Chưa được lưu. Xin chép lại trước khi rời trang này.
error-back = Quay lại
error-home = Trang chủ
