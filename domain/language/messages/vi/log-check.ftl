# Đối chiếu nhật ký: vì sao một tệp không đọc được, hoặc không đọc được hết.
log-check-problem-unreadable = Không mở được tệp nhật ký: { $detail }
log-check-problem-interrupted = Đang đọc thì dừng sau { $bytes } byte: { $detail }. Phần đã đọc vẫn được tính.
log-check-problem-truncated = Tệp nén bị thiếu phần cuối: chỉ giải nén được { $bytes } byte. Phần đã đọc vẫn được tính. Hãy sao chép lại tệp từ nơi lưu gốc.
log-check-problem-damaged = Tệp nén bị hỏng sau { $bytes } byte ({ $detail }). Phần đã đọc vẫn được tính. Hãy sao chép lại tệp từ nơi lưu gốc.
log-check-problem-trailing-bytes = Sau phần nén còn dữ liệu khác chưa được đọc. Phần nén ({ $bytes } byte) đã được tính. Hãy kiểm tra lại tệp.
log-check-problem-bomb = Đã dừng giải nén sau { $bytes } byte: tệp phình to bất thường ({ $detail }), có thể là bom nén. Phần đã đọc vẫn được tính.
log-check-problem-packed = Tệp được đóng gói kiểu { $kind }. Hãy giải nén trước rồi chọn tệp nhật ký bên trong.
log-check-problem-unknown-format = Không có định dạng nhật ký nào tên là “{ $name }”.
log-check-problem-missing-column = Tệp nhật ký không có cột “{ $column }” nêu trong --columns. Hãy xem lại tên cột ở dòng đầu (CSV) hoặc tên trường (JSON), phân biệt chữ hoa, chữ thường.
log-check-problem-empty = Tệp rỗng: không có dòng nhật ký nào để đối chiếu, nên không nói lên điều gì. Hãy kiểm tra xem thiết bị có đang ghi nhật ký không.
log-check-problem-no-format = Chưa nhận ra định dạng của tệp nhật ký này. Hệ thống chỉ dò tên miền và địa chỉ có trong từng dòng; không biết máy nào kết nối, theo chiều nào và kết quả ra sao, nên chưa kết luận được. Hãy chọn định dạng hoặc kiểm tra lại tệp.
log-check-problem-scanned-only = Chỉ dò tên miền và địa chỉ có trong từng dòng theo yêu cầu; không biết máy nào kết nối, theo chiều nào và kết quả ra sao. Nội dung tìm thấy chỉ là có nhắc đến, chưa phải phát hiện.
log-check-problem-binary = Tệp không phải là văn bản nên không đọc được như nhật ký.
log-check-problem-not-archived = Đã đọc nhật ký nhưng không lưu được dữ liệu để tra cứu lại: { $detail }. Hãy giải phóng chỗ trống hoặc chọn thư mục khác rồi chạy lại.
log-check-problem-side-car = Không đọc được tệp lưu để tra cứu lại: { $detail }. Hãy kiểm tra lại nhật ký với thư mục lưu trữ.
log-check-problem-cancelled = Đã dừng theo yêu cầu; phần còn lại chưa được đọc.
