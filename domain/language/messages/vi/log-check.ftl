log-check-problem-unreadable = Không mở được tệp nhật ký: { $detail }
log-check-problem-interrupted = Đang đọc thì dừng sau { $bytes } byte: { $detail }. Phần đã đọc vẫn được tính.
log-check-problem-unknown-format = Không có định dạng nhật ký nào tên là “{ $name }”.
log-check-problem-no-format = Chưa nhận ra định dạng của tệp nhật ký này. Hãy chọn định dạng hoặc kiểm tra lại tệp.
log-check-problem-utf16 = Tệp được lưu ở bảng mã UTF-16. Hãy lưu lại ở UTF-8 hoặc dùng tệp gốc.
log-check-problem-binary = Tệp không phải là văn bản nên không đọc được như nhật ký.
log-check-problem-cancelled = Đã dừng theo yêu cầu; phần còn lại chưa được đọc.
