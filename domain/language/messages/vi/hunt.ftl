# Tra cứu lại trong nhật ký đã kiểm tra.
hunt-empty-archive = Thư mục { $path } không có dữ liệu để tra cứu lại. Hãy chạy lamsach match với --archive { $path } trước.
hunt-several-sites = Các địa chỉ này được kết nối từ nhiều địa điểm: { $sites }. Một địa chỉ nội bộ ở mỗi nơi là một thiết bị khác nhau: hãy tra cứu từng nơi với --site.
hunt-no-such-site = Không có dữ liệu của địa điểm { $site }. Đang có dữ liệu của: { $sites }. Hãy ghi một trong các tên này sau --site.
