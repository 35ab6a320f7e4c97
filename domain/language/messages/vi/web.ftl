# Khung trang của cổng thông tin.
web-tagline = Làm sạch mã độc
web-skip = Đến nội dung chính
web-nav = Mục chính
web-foot = Lamsach – phần mềm tự do cho chiến dịch làm sạch mã độc: công bố, kiểm tra, giám sát, xử lý, báo cáo.
web-sign-in = Đăng nhập
web-sign-out = Đăng xuất
web-problems = Chưa lưu được. Xin sửa những chỗ sau:

sign-in-title = Đăng nhập
sign-in-login = Tên đăng nhập
sign-in-password = Mật khẩu
sign-in-help = Chưa có tài khoản hoặc quên mật khẩu? Liên hệ người quản trị của đơn vị hoặc của đơn vị cấp trên để nhận giấy mời mới.

first-run-title = Thiết lập lần đầu
first-run-lead = Cổng này chưa có dữ liệu. Khai báo cơ quan vận hành và người quản trị đầu tiên.
first-run-unit-name = Tên cơ quan vận hành
first-run-unit-code = Mã định danh cơ quan
first-run-unit-code-hint = Chữ in hoa không dấu và số, các nhóm cách nhau bằng dấu chấm, ví dụ H59.12.
first-run-name = Họ và tên người quản trị
first-run-password-hint = Ít nhất 10 ký tự. Một câu dài, dễ nhớ là tốt nhất.
first-run-submit = Bắt đầu

home-title = Công việc của tôi


problem-sign-in = Tên đăng nhập hoặc mật khẩu không đúng.
problem-sign-in-wait = Đăng nhập sai nhiều lần. Xin chờ { $seconds } giây rồi thử lại.
problem-login = Tên đăng nhập gồm 3 đến 100 ký tự: chữ không dấu, số và các dấu . - _ @ +.
problem-name = Xin nhập họ và tên (tối đa 200 ký tự).
problem-password = Mật khẩu cần ít nhất { $least } ký tự và không chứa tên đăng nhập.
problem-password-common = Mật khẩu này nhiều người dùng hoặc dễ đoán. Xin chọn một câu dài dễ nhớ với bạn; không dùng từ phổ biến, dãy phím, ngày tháng hay tên đăng nhập.

problem-unit-code = Mã đơn vị gồm chữ in hoa không dấu và số, các nhóm cách nhau bằng dấu chấm, tối đa 35 ký tự.
problem-unit-code-taken = Mã đơn vị này đã có.
problem-unit-name = Xin nhập tên đơn vị (tối đa 300 ký tự).

error-signed-out = Phiên làm việc đã hết
error-signed-out-advice = Xin đăng nhập lại; nội dung đã lưu vẫn còn.
error-denied = Bạn không có quyền làm việc này
error-denied-advice = Nếu cần, xin liên hệ người quản trị của đơn vị.
error-not-found = Không tìm thấy
error-not-found-advice = Đường dẫn có thể đã cũ, hoặc mục này không thuộc phạm vi của bạn.
error-invalid = Nội dung gửi lên chưa nhận được
error-invalid-advice = Chưa có gì bị thay đổi. Xin quay lại trang trước, sửa rồi gửi lại.
error-conflict = Người khác vừa thay đổi nội dung này
error-conflict-advice = Chưa có gì bị ghi đè. Xin mở lại trang để xem bản mới nhất rồi làm tiếp.
error-too-many = Quá nhiều lần thử
error-too-many-advice = Xin chờ ít phút rồi thử lại.
error-bad-request = Không đọc được nội dung gửi lên
error-bad-request-advice = Xin tải lại trang rồi thử lại.
error-cross-origin = Yêu cầu này gửi đến từ một trang khác
error-cross-origin-advice = Vì an toàn, hệ thống chỉ nhận nội dung gửi từ chính các trang của mình. Chưa có gì bị thay đổi. Xin mở Trang chủ rồi làm lại tại đó; nếu vẫn gặp lỗi này, báo cho người quản trị.
error-internal = Hệ thống gặp lỗi
error-internal-advice = Chưa có gì bị mất. Xin thử lại sau ít phút; nếu vẫn lỗi, báo cho người quản trị.
