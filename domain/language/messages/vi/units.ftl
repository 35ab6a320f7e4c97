# Đơn vị và mã truy cập của chương trình.
units-title = Đơn vị
units-count = { $count } đơn vị trong phạm vi của bạn.
units-name = Tên đơn vị
units-code = Mã
units-kind = Loại
units-parents = Thuộc
units-headcount = Số người

tokens-title = Mã truy cập
tokens-lead = Mã truy cập cho phép chương trình lamsach trên máy của đơn vị gửi kết quả đối chiếu nhật ký về đây, không cần mật khẩu. Mỗi máy nên có một mã riêng.
tokens-secret = Đây là mã truy cập mới. Mã chỉ hiện một lần này: xin chép lại ngay và giữ kín.
tokens-none-allowed = Bạn không có quyền tạo mã truy cập cho đơn vị nào.
tokens-none = Chưa có mã truy cập nào.
tokens-until = có hiệu lực đến { $day }
tokens-revoke = Thu hồi
tokens-revoked = Đã thu hồi
tokens-label = Tên gợi nhớ, ví dụ: Máy chủ DNS trụ sở chính
tokens-create = Tạo mã truy cập
