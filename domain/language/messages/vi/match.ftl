# Lệnh lamsach match: đối chiếu nhật ký với danh sách địa chỉ độc hại.

# Sai cách gọi lệnh.
match-no-log = Chưa chỉ ra tệp nhật ký nào. Ví dụ: lamsach match --indicators danhsach.txt dns.log. Nếu đưa nhiều danh sách, hãy đặt “--” trước tên các tệp nhật ký.
match-stdin-twice = Dấu “-” (đầu vào chuẩn) chỉ dùng được một lần.
match-unknown-format = Không có định dạng nhật ký nào tên là “{ $name }”. Các định dạng đang có:
match-unknown-zone = Không có múi giờ nào tên là “{ $name }”. Hãy dùng tên trong danh mục IANA, ví dụ Asia/Ho_Chi_Minh hoặc UTC.
match-threads = Số luồng “{ $value }” không dùng được. Hãy ghi một số từ 1 đến { $most }.
match-list-missing = Không tìm thấy danh sách địa chỉ độc hại: { $path }
match-list-folder = { $path } là thư mục. Hãy chỉ ra từng tệp danh sách.
match-list-unreadable = Không mở được danh sách địa chỉ độc hại { $path }: { $why }
match-log-missing = Không tìm thấy tệp nhật ký: { $path }
match-log-unreadable = Không mở được tệp nhật ký { $path }: { $why }
match-empty-folder = Thư mục { $path } không có tệp nào.
match-pattern-empty = Mẫu tên { $pattern } không khớp với tệp nào. Hãy kiểm tra lại thư mục và phần tên.
match-pattern-wrong = { $pattern } không phải là mẫu tên hợp lệ. Dùng * cho một phần tên, ** cho mọi thư mục con, [abc] cho một trong các chữ.
match-list-all-refused = { $name }: không dùng được giá trị nào trong { $count } giá trị. Đây có phải là danh sách địa chỉ độc hại không? Nếu là tệp nhật ký, hãy đặt nó ở cuối lệnh. Giá trị đầu tiên, dòng { $line }: { $text }
match-lists-empty = Các danh sách không có địa chỉ độc hại nào nên không có gì để đối chiếu.
match-archive-unusable = Không dùng được thư mục { $path } cho --archive: { $why }. Hãy chọn thư mục khác hoặc đổi quyền của thư mục này.
match-lists-too-large = Các danh sách gộp lại quá lớn: { $why }

# Trong khi chạy.
match-progress-left = còn
match-stopping = Đang dừng; phần đã đọc sẽ được in ra. Nhấn Ctrl-C lần nữa để thoát ngay.

# Kết quả.
match-title = Kết quả đối chiếu nhật ký với danh sách địa chỉ độc hại
match-findings = CẦN XỬ LÝ: { $devices } thiết bị{ $behind ->
    [0] {""}
   *[other] , { $behind } địa chỉ cần xem log phía sau
}, { $findings } phát hiện
match-findings-title = Thiết bị cần xử lý
match-no-findings = Không thấy thiết bị nào kết nối tới địa chỉ độc hại trong phần nhật ký đã đọc.
match-others = KHÔNG PHẢI PHÁT HIỆN: { $count } lượt, liệt kê để biết
match-others-title = Không phải phát hiện, liệt kê để biết
match-others-why = Bị dò quét từ ngoài: một địa chỉ độc hại dò quét thiết bị, thiết bị không kết nối tới nó. Chỉ nhắc đến: tên nằm trong câu truy vấn, chưa ai kết nối.
match-device = Thiết bị
match-device-unknown = Không rõ (nhật ký không ghi)
match-destination = Kết nối tới
match-malicious = Địa chỉ độc hại
match-by-indicator = theo { $indicator }
match-verdict = Kết luận
match-count = Số lần
match-seen = Thời gian
match-line = dòng { $line }
match-logs = Nhật ký
match-read = Nhật ký đã đọc
match-file = Tệp
match-format = Định dạng
match-lines = Số dòng
match-matched = Khớp
match-not-parsed = Không đọc được
match-total = Tổng cộng
match-not-parsed-such-as = những dòng không đọc được, ví dụ:
match-meant-as-list = Nếu đây là danh sách: hãy ghi --indicators trước từng danh sách.
match-complete = Đã đọc hết mọi dòng của mọi tệp.
match-incomplete = CHƯA ĐỌC HẾT: có tệp hoặc dòng không đọc được. Không thấy phát hiện ở phần đó không có nghĩa là sạch.
match-incomplete-empty = CHƯA KIỂM TRA ĐƯỢC HẾT: có nhật ký rỗng. Nhật ký rỗng không nói lên điều gì, không có nghĩa là sạch.
match-too-many = Có quá nhiều lượt ghi nhận nên một phần không được liệt kê. Hãy đối chiếu từng phần nhật ký, hoặc xem lại danh sách: có thể một địa chỉ quá rộng.
match-lists = Danh sách địa chỉ độc hại
match-list-taken = { $accepted } địa chỉ được dùng, { $refused } bị từ chối
match-refused = { $count } giá trị bị từ chối
match-refused-title = những giá trị bị từ chối
match-refused-more = và { $count } giá trị khác
match-place = Vị trí
match-value = Giá trị
match-why = Lý do

# Trang in.
match-site = Địa điểm
match-at = Thời điểm đối chiếu
match-next = Việc cần làm tiếp theo
match-next-find = Tìm thiết bị theo địa chỉ và thời gian ghi trong bảng: xem bảng cấp phát địa chỉ (DHCP), sơ đồ mạng, tên máy.
match-next-behind = Nếu địa chỉ là của máy chủ DNS, máy chủ proxy hoặc bộ định tuyến dùng chung (NAT): thiết bị thật nằm phía sau. Hãy lấy nhật ký của chính máy đó và đối chiếu lại.
match-next-isolate = Ngắt thiết bị đã kết nối khỏi mạng. Giữ nguyên tệp nhật ký gốc làm bằng chứng.
match-next-clean = Quét và xử lý bằng công cụ xử lý mã độc của chiến dịch. Với camera, bộ định tuyến, điện thoại, thiết bị lưu trữ: khôi phục cài đặt gốc, cập nhật phần mềm, đổi mật khẩu và ghi lại việc đã làm.
match-next-case = Lập hồ sơ xử lý cho từng thiết bị và báo cáo theo mẫu của chiến dịch.
match-next-again = Sau khi xử lý, tiếp tục ghi nhật ký và đối chiếu lại: thiết bị chỉ được coi là đã kiểm chứng sạch khi không còn xuất hiện trong 14 ngày có nhật ký.
match-next-unread = Đọc nốt phần chưa đọc: xem lý do ghi ở từng tệp trong mục “Nhật ký đã đọc”, rồi đối chiếu lại.
match-next-empty = Tìm hiểu vì sao nhật ký rỗng (thiết bị có đang ghi nhật ký không, tệp có bị sao chép sai không), rồi đối chiếu lại.
match-next-clear = Tiếp tục ghi nhật ký và đối chiếu lại khi có danh sách mới.
match-private = Trang này có địa chỉ thiết bị và dòng nhật ký, là dữ liệu cá nhân: chỉ dùng trong đơn vị, không đăng tải, không gửi ra ngoài.

match-names-unreadable = Không đọc được tệp { $path }: { $why }
match-names-unknown-format = { $path }: không phải dạng tệp cho biết tên thiết bị đã biết. Dùng được: bản ghi cấp địa chỉ hoặc nhật ký DHCP, kết quả ip neigh hoặc arp -a, danh mục CSV có ít nhất hai cột trong ip, mac, tên.
match-names-too-many = { $path }: quá nhiều dòng về thiết bị. Chỉ đưa vào những tệp của khoảng thời gian trong nhật ký.
match-names-taken = lấy được { $claims } dòng cho biết tên thiết bị{ $others ->
    [0] {""}
   *[other] , { $others } dòng của địa điểm khác
  }{ $refused ->
    [0] {""}
   *[other] , từ chối { $refused } dòng
  }
match-names-title = Tệp cho biết tên thiết bị
match-name-said = (theo { $source }, độ tin cậy { $confidence })
name-source-log = nhật ký
name-source-dhcp-lease = bản ghi cấp địa chỉ DHCP
name-source-dhcp-log = nhật ký DHCP
name-source-neighbour-table = bảng láng giềng
name-source-inventory = danh mục thiết bị
name-confidence-low = thấp
name-confidence-medium = trung bình
name-confidence-high = cao
names-refused-not-understood = Không hiểu dòng này.
names-refused-bad-address = Không phải địa chỉ IP của một thiết bị.
names-refused-bad-mac = Không phải địa chỉ MAC của một thiết bị.
names-refused-bad-time = Không đọc được thời gian.
names-refused-bad-interval = Kết thúc trước khi bắt đầu.
names-refused-no-device = Không có địa chỉ MAC, cũng không có tên.
names-refused-needs-site = Danh mục có nhiều địa điểm: thêm --site để chọn địa điểm của nhật ký.
names-refused-too-long = Dòng quá dài.
names-refused-unknown-role = Không hiểu cột vai trò (dùng: dns, proxy, nat, hoặc để trống); các cột khác vẫn dùng.
intermediary-dns-forwarder = máy trung chuyển DNS, cần xem log phía sau
intermediary-proxy = máy chủ proxy, cần xem log phía sau
intermediary-nat = bộ NAT (nhiều máy chung một địa chỉ), cần xem log phía sau
intermediary-ask-dns-forwarder = Địa chỉ này hỏi DNS thay cho máy khác, không phải máy cần xử lý. Hãy lấy nhật ký truy vấn DNS (query log) của chính máy đó: trong đó có địa chỉ máy đã hỏi.
intermediary-ask-proxy = Địa chỉ này truy cập web thay cho máy khác, không phải máy cần xử lý. Hãy lấy nhật ký truy cập (access log) của máy chủ proxy, có ghi địa chỉ máy trạm.
intermediary-ask-nat = Nhiều máy ra mạng bằng địa chỉ này, không phải một máy cần xử lý. Hãy lấy nhật ký kết nối của tường lửa hoặc bộ định tuyến ghi địa chỉ bên trong (trước khi NAT).
told-by-person = do người dùng chỉ định
told-by-inventory = theo danh mục thiết bị
told-by-log = nhật ký cho thấy
match-stands-for = [{ $role }: { $source }]
match-behind = CẦN XEM LOG PHÍA SAU
match-stand-in-wrong = { $value } không phải là địa chỉ IP hay dải địa chỉ (ví dụ 192.0.2.1 hoặc 192.0.2.0/24)
