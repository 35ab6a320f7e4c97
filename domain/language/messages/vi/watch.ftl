# Lệnh lamsach watch: giám sát liên tục.
watch-no-input = Chưa chỉ ra giám sát cái gì. Hãy dùng --follow TỆP.
watch-no-spool = --send cần có --spool THƯ-MỤC: khi cổng không kết nối được, kết quả được giữ ở đó, kể cả khi mất điện.
watch-same-name = Có hai đầu vào cùng tên “{ $name }” nên cổng không phân biệt được. Hãy giám sát bằng hai chương trình, mỗi chương trình một --sensor.
watch-spool-taken = Một chương trình khác đang dùng thư mục { $path }. Hãy dừng chương trình đó, hoặc dùng --spool khác.
watch-spool-damaged = Dữ liệu trong thư mục { $path } bị hỏng. Hãy chuyển thư mục đi chỗ khác để bắt đầu lại.
watch-spool-unusable = Không dùng được thư mục { $path }: { $why }
watch-begins = Đang giám sát { $inputs } theo { $indicators } địa chỉ, mã độc hại. Ctrl-C để dừng.
watch-status = { $lines } dòng, gói tin đã đọc ({ $rate }/giây); { $matched } có địa chỉ độc hại; { $not_parsed } không hiểu được; { $dropped } bị mất; { $unsent } ngày chờ gửi
watch-unsent = Còn { $count } phần chưa gửi được, vẫn giữ trong thư mục --spool và sẽ gửi ở lần chạy sau.
watch-lists-changed = Danh sách đã thay đổi: nay dùng { $indicators } địa chỉ, mã độc hại ({ $millis } ms).
watch-lists-failed = Danh sách đã thay đổi nhưng không dùng được; vẫn dùng danh sách trước đó. { $why }
watch-portal-away = Chưa gửi được về cổng; kết quả được giữ lại và sẽ tự gửi sau. { $why }
watch-portal-back = Cổng đã hoạt động trở lại; phần còn giữ đã bắt đầu được gửi.
watch-portal-refused = Cổng không nhận kết quả; kết quả vẫn được giữ lại. { $why }
watch-gap = { $input }: một phần nhật ký đã mất trước khi kịp đọc (tệp bị làm rỗng). Ngày này không được tính là đã giám sát đầy đủ.
watch-input-failed = { $input }: không đọc được: { $why }
watch-spool-failed = Không ghi được vào thư mục --spool ({ $why }); kết quả đang giữ trong bộ nhớ. Hãy kiểm tra dung lượng đĩa.
