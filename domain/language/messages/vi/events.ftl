# Tệp sự kiện (nhật ký sự kiện Windows EVTX, dnstap) trong số các tệp nhật ký.
log-check-problem-events-cut-off = Tệp sự kiện bị đứt giữa chừng: đọc và tính được { $bytes } byte. Có thể tệp đang được ghi, hoặc được sao chép khi chưa ghi xong.
log-check-problem-events-damaged = Tệp sự kiện bị hỏng sau { $bytes } byte nên không tách được phần phía sau. Phần đã đọc vẫn được tính. Hãy sao chép lại tệp từ nơi lưu gốc.

# Đơn vị đếm.
log-check-events = { $count } sự kiện
match-event = sự kiện { $line }
match-events-not-parsed-such-as = những sự kiện không đọc được, ví dụ:

# Vì sao một sự kiện không đọc được.
packet-reason-event-chunk = một khối của nhật ký sự kiện bị hỏng; các sự kiện trong đó không đọc được
packet-reason-event-checksum = mã kiểm tra của khối không khớp; các sự kiện trong đó vẫn được đọc
packet-reason-event-malformed = sự kiện tự mâu thuẫn
packet-reason-dnstap-frame = khung dữ liệu không phải là bản tin dnstap
packet-reason-dnstap-dns = bản tin dnstap không chứa câu hỏi, câu trả lời DNS đọc được
