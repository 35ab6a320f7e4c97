# Khai báo cột của nhật ký chưa có sẵn định dạng.
columns-needed = Định dạng “{ $name }” cần khai báo cột: --columns device=CỘT,name=CỘT,address=CỘT,port=CỘT,time=CỘT.
columns-unused = --columns và --delimiter chỉ dùng với --format json hoặc --format csv.
columns-no-column = “{ $text }” trong --columns không đúng dạng Ý-NGHĨA=CỘT.
columns-unknown-meaning = “{ $text }” trong --columns không phải là ý nghĩa đã biết. Các ý nghĩa: { $known }.
columns-twice = “{ $text }” được khai báo hai lần trong --columns: mỗi cột một ý nghĩa. Cột name nhận cả tên lẫn địa chỉ IP.
columns-no-destination = --columns chưa cho biết thiết bị đã kết nối tới đâu: cần ít nhất một trong các ý nghĩa name, url, address, answers.
columns-bad-delimiter = Dấu phân cách “{ $text }” phải là một ký tự ASCII, hoặc tab.
