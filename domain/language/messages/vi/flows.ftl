# Tệp bản ghi luồng (NetFlow, IPFIX, nfdump) trong số các tệp nhật ký.
log-check-problem-flows-cut-off = Tệp bản ghi luồng bị đứt giữa chừng: đọc và tính được { $bytes } byte. Có thể tệp đang được ghi, hoặc được sao chép khi chưa ghi xong.
log-check-problem-flows-damaged = Tệp bản ghi luồng bị hỏng sau { $bytes } byte nên không tách được phần phía sau. Phần đã đọc vẫn được tính. Hãy sao chép lại tệp từ nơi lưu gốc.
log-check-problem-flows-refused = { $why ->
    [layout] Tệp nfdump này có cấu trúc mới hơn loại đọc được (1 và 2). Hãy xuất lại bằng nfdump 1.7, hoặc xuất ra CSV.
    [byte-order] Tệp nfdump này được ghi trên máy có thứ tự byte khác. Hãy xuất ra CSV trên chính máy đó (nfdump -o csv).
    [encrypted] Tệp nfdump này được mã hóa. Hãy giải mã bằng nfdump rồi kiểm tra lại.
   *[compression] Tệp nfdump này được nén theo cách chưa hỗ trợ. Hãy ghi lại không nén (nfdump -r TỆP -J 0).
}

# Đơn vị đếm.
log-check-flows = { $count } bản ghi luồng
match-flow = bản ghi luồng { $line }
match-flows-not-parsed-such-as = những bản ghi luồng không đọc được, ví dụ:

# Vì sao một bản ghi luồng không đọc được.
packet-reason-flow = bản ghi luồng trong gói tin không đọc được
packet-reason-flow-template = khuôn mẫu cho biết các trường của bản ghi chưa xuất hiện trước đó
packet-reason-flow-addresses = bản ghi không có đủ địa chỉ nguồn và đích
packet-reason-flow-cut = bản tin bị thiếu phần cuối
packet-reason-flow-malformed = độ dài trong bản ghi tự mâu thuẫn
packet-reason-flow-version = phiên bản hoặc loại bản ghi này chưa được hỗ trợ
