# lamsach-clean terminal: từng câu hỏi một, cho nơi không có trình duyệt.
clean-terminal-none = Lệnh này cần một cửa sổ dòng lệnh có người trả lời. Để chạy tự động, hãy dùng scan, plan, apply.
clean-terminal-choose = Gõ số rồi Enter:
clean-terminal-no-choice = Hãy gõ một số từ 0 đến { $most }.
clean-terminal-folder = Đường dẫn của thư mục hoặc tệp cần quét:
clean-terminal-scanning = Đang quét; chưa thay đổi gì trên máy. Gõ t rồi Enter để tạm dừng hoặc quét tiếp, d rồi Enter để dừng và xem kết quả.
clean-terminal-key-hold = t
clean-terminal-key-stop = d
clean-terminal-runs = Hoàn tác lần nào?
clean-terminal-save = Ghi trang kết quả vào tệp (Enter: lamsach-clean.html):
clean-terminal-saved = Đã ghi { $file }. Mở bằng trình duyệt để xem hoặc in.
clean-terminal-ended = Chương trình đã đóng.
