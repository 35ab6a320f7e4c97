# Lệnh lamsach indicators: biên dịch danh sách địa chỉ độc hại thành một tệp.

# Tệp không dùng được.
indicators-not-compiled = { $path } không phải tệp do lệnh lamsach indicators compile tạo ra. Nếu đây là danh sách, hãy biên dịch trước: lamsach indicators compile { $path } -o TỆP
indicators-other-version = { $path } có phiên bản { $found }, chương trình này chỉ đọc được phiên bản { $known }. Hãy cập nhật lamsach, hoặc biên dịch lại danh sách bằng chương trình này.
indicators-cut-short = { $path } bị cụt hoặc chép chưa xong: phải có { $expected } byte, đang có { $found } byte. Hãy chép lại tệp.
indicators-damaged = { $path } bị hỏng hoặc bị sửa (phần { $part }). Hãy chép lại tệp, hoặc biên dịch lại danh sách.

# Nội dung tệp.
indicators-count = { $count } địa chỉ độc hại
indicators-count-kind = { $kind }: { $count }
indicators-kind-domain = tên miền
indicators-kind-ip = địa chỉ IP
indicators-kind-ip-port = địa chỉ IP kèm cổng
indicators-kind-network = dải mạng
indicators-kind-url = URL
indicators-size = { $bytes } byte, { $each } byte mỗi địa chỉ
indicators-compiled = Biên dịch lúc { $at } bằng { $program }
indicators-list = Danh sách { $name }: { $accepted } địa chỉ được dùng, { $refused } bị từ chối
indicators-warned = { $count } địa chỉ cần xem lại: có trong danh sách cảnh báo “{ $list }”
indicators-families = { $count } họ mã độc
indicators-verified = Đã kiểm tra toàn bộ tệp: nguyên vẹn.
indicators-not-verified = Chưa kiểm tra toàn bộ tệp; muốn kiểm tra, hãy thêm --verify.

# Trợ giúp.
cli-about-indicators = Biên dịch danh sách địa chỉ độc hại thành một tệp và xem tệp đó
cli-about-indicators-compile = Biên dịch danh sách thành một tệp mà lệnh match mở được ngay
cli-about-indicators-inspect = Xem một tệp đã biên dịch có những gì
cli-arg-compile-lists = Danh sách địa chỉ độc hại, để nguyên hoặc nén, hoặc tệp đã biên dịch; dấu - là đầu vào chuẩn
cli-arg-out = Tệp sẽ ghi; tệp cũ cùng tên được thay trọn vẹn
cli-arg-inspect-file = Tệp do lamsach indicators compile đã ghi
cli-arg-shown-as = Dạng kết quả: table để đọc trên màn hình, json là một đối tượng
cli-arg-no-guard = Nhận cả những địa chỉ gây hại khi đối chiếu: mạng riêng, máy chủ DNS công cộng, tên miền dùng chung; không ghi cảnh báo
cli-arg-verify = Kiểm tra toàn bộ tệp: có nguyên vẹn và đúng không
