# Tệp bắt gói tin (pcap, pcapng) trong số các tệp nhật ký.
log-check-problem-capture-cut-off = Tệp bắt gói tin bị đứt giữa chừng một gói: đọc và tính được { $bytes } byte. Có thể chương trình bắt gói chưa đóng tệp đúng cách, hoặc tệp được sao chép khi đang ghi.
log-check-problem-capture-damaged = Tệp bắt gói tin bị hỏng sau { $bytes } byte nên không tách được các gói phía sau. Phần đã đọc vẫn được tính. Hãy sao chép lại tệp từ nơi lưu gốc.

# Đơn vị đếm.
log-check-packets = { $count } gói tin
match-packet = gói { $line }
match-packets-not-parsed-such-as = những gói tin không đọc được, hoặc chỉ đọc được một phần, ví dụ:

# Vì sao một gói tin không đọc được, hoặc chỉ đọc được một phần.
packet-reason-link-type = loại đường truyền này chưa được hỗ trợ (chỉ đọc Ethernet, Linux cooked, IP thuần và loopback)
packet-reason-cut = tệp chỉ lưu một phần gói tin; hãy bắt trọn gói (tcpdump -s 0)
packet-reason-malformed = phần đầu gói tin tự mâu thuẫn
packet-reason-dns = gửi từ hoặc tới cổng 53 nhưng không phải bản tin DNS
packet-reason-fragment = thiếu các mảnh khác của cùng gói dữ liệu
packet-reason-unfinished = thiếu phần cuối của bản tin bắt đầu trong gói này nên không đọc được tên miền
