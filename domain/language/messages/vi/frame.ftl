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

error-typed = Nội dung bạn vừa gõ
error-typed-hint = Chưa được lưu. Xin chép lại trước khi rời trang này.
error-back = Quay lại
error-home = Trang chủ
