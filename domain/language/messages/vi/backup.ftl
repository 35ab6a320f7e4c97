# Sao lưu và khôi phục: lamsach backup, lamsach restore.
backup-done = Đã sao lưu vào { $file }: { $rows } dòng dữ liệu, { $files } tệp.
backup-restored = Đã khôi phục { $rows } dòng dữ liệu, { $files } tệp.
backup-progress = { $rows } dòng, { $files } tệp
backup-exists = Tệp { $file } đã có. Hãy chọn tên khác; bản sao lưu cũ được giữ nguyên.
backup-nothing = Trong thư mục { $folder } chưa có dữ liệu của cổng thông tin. Hãy chỉ đúng thư mục bằng --data, hoặc cơ sở dữ liệu bằng --database.
backup-lacks-file = Thiếu hoặc hỏng tệp { $file } trong thư mục dữ liệu nên bản sao lưu sẽ không đầy đủ: chưa sao lưu. Hãy lấy lại tệp đó từ bản sao lưu trước.
backup-not-empty = Cổng thông tin này đã có dữ liệu. Chỉ khôi phục vào nơi còn trống: hãy chọn thư mục khác bằng --data hoặc cơ sở dữ liệu khác bằng --database.
backup-not-a-backup = Tệp { $file } không phải là bản sao lưu của cổng thông tin.
backup-missing = Không tìm thấy bản sao lưu { $file }. Hãy kiểm tra tên tệp và thư mục, ví dụ: lamsach restore /duong/dan/saoluu.backup --data thu-muc-moi. Chưa có gì được khôi phục.
backup-unreadable = Không mở được bản sao lưu { $file } ({ $why }). Hãy kiểm tra quyền đọc tệp rồi chạy lại. Chưa có gì được khôi phục.
backup-not-written = Không ghi được bản sao lưu { $file } ({ $why }). Hãy chọn thư mục có sẵn, còn chỗ trống và được phép ghi. Không để lại tệp dở dang.
backup-other-version = Bản sao lưu có bảng phiên bản { $theirs }, chương trình này dùng phiên bản { $ours }. Hãy khôi phục bằng đúng phiên bản lamsach đã sao lưu, rồi mới nâng cấp.
backup-cut-short = Bản sao lưu bị cụt sau dòng { $line }. Chưa có gì được khôi phục. Hãy chép lại tệp hoặc dùng bản khác.
backup-damaged = Bản sao lưu bị hỏng hoặc bị sửa ở dòng { $line }. Chưa có gì được khôi phục. Hãy dùng bản khác.
