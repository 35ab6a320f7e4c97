# Lệnh lamsach match --send: gửi kết quả về cổng của chiến dịch, không gửi dòng nhật ký.
match-send-sent = Đã gửi về { $address }, không kèm dòng nhật ký nào:
match-send-new = { $file }: mới; { $findings } phát hiện, { $cases } hồ sơ xử lý mới mở
match-send-replaced = { $file }: đã gửi trước đây, nay cập nhật kết quả; { $findings } phát hiện, { $cases } hồ sơ xử lý mới mở
match-send-unchanged = { $file }: đã gửi trước đây, không có gì thay đổi; { $findings } phát hiện
match-send-unlisted = { $count } lượt ghi nhận không được nhận vì địa chỉ không có trong danh sách của chiến dịch: { $indicators }
match-send-unread = { $file }: chưa đọc được nên không gửi; lý do nằm trong kết quả đối chiếu.
match-send-no-token = Chưa có mã truy cập để gửi kết quả. Hãy đặt biến môi trường LAMSACH_TOKEN hoặc dùng --token-file; mã được tạo ở trang Mã truy cập của cổng.
match-send-file = Không đọc được tệp { $path }: { $why }

match-send-failed-address = Không gửi tới “{ $host }” được. Địa chỉ cổng phải bắt đầu bằng https://; http:// chỉ dùng cho cổng chạy trên chính máy này.
match-send-failed-certificates = Tệp của --ca không có chứng thư PEM nào.
match-send-failed-token-shape = Mã truy cập trống hoặc có ký tự lạ. Hãy chép lại đúng mã đã hiện ra khi tạo.
match-send-failed-unreachable = Không kết nối được tới { $host } ({ $why }). Hãy kiểm tra địa chỉ và mạng rồi chạy lại; gửi lại không tạo bản trùng.
match-send-failed-untrusted = Chứng thư của { $host } không được tin cậy ({ $why }). Nếu cổng dùng chứng thư nội bộ, hãy chỉ ra chứng thư gốc bằng --ca.
match-send-failed-wrong-token = Cổng không nhận mã truy cập: mã sai, đã hết hạn hoặc đã bị thu hồi. Hãy tạo mã mới ở trang Mã truy cập.
match-send-failed-not-allowed = Mã truy cập này không được gửi kết quả.
match-send-failed-not-there = { $host } không có chỗ nhận kết quả này. Hãy kiểm tra địa chỉ cổng và mã chiến dịch; cũng có thể cổng là phiên bản cũ.
match-send-failed-refused = Cổng không nhận kết quả. Chưa có gì của lần gửi này được lưu.
match-send-failed-too-large = Kết quả của { $file } quá lớn để gửi một lần. Hãy chia tệp nhật ký theo ngày rồi chạy lại.
match-send-failed-busy = Cổng đang quá tải. Hãy chờ { $seconds } giây rồi chạy lại; gửi lại không tạo bản trùng.
match-send-failed-failing = Cổng tại { $host } đang gặp lỗi (mã { $why }). Hãy chạy lại sau ít phút; gửi lại không tạo bản trùng.
match-send-failed-not-a-portal = { $host } có trả lời nhưng không phải là cổng Lamsach (mã { $why }). Hãy kiểm tra địa chỉ.
