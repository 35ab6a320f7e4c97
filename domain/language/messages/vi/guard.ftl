# Địa chỉ gây hại nếu đem đối chiếu hoặc chặn.
lists-refused-private-address = Địa chỉ mạng riêng: mỗi nơi là một thiết bị khác nên không dùng để đối chiếu.
lists-refused-reserved-address = Địa chỉ dành riêng (chính máy này, một đường nối, nhiều máy nhận), không phải máy chủ trên Internet.
lists-refused-example-address = Địa chỉ dùng trong tài liệu và thử nghiệm, không có trên Internet.
lists-refused-public-dns = Máy chủ DNS công cộng: nhiều thiết bị lành vẫn dùng nên không dùng để đối chiếu.
lists-refused-public-suffix = Tên miền dùng chung: ai cũng có thể đăng ký tên con bên dưới. Hãy ghi đúng tên con, hoặc đặt phạm vi là exact.
match-warned = { $count } địa chỉ cần xem lại vì có trong danh sách cảnh báo “{ $list }”
match-warning = cần xem lại: có trong danh sách cảnh báo “{ $list }”
