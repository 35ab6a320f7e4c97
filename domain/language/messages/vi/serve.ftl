# Chương trình chạy cổng thông tin: lamsach serve.
serve-ready = Cổng thông tin đã sẵn sàng
serve-stopping = Đang dừng: chờ các yêu cầu đang xử lý.
serve-proxy = Chạy sau máy chủ trung gian: máy chủ đó phải dùng HTTPS và chuyển nguyên tên máy chủ (Host).
serve-no-module = Không có phần đối chiếu trên máy người dùng: nhật ký sẽ được tải lên hệ thống. script/browser tạo phần này.
serve-tools-unreadable = Không đọc được thư mục chương trình { $path }: { $why }
serve-no-tools = Không có chương trình lamsach-clean để người dùng tải: đặt lamsach-clean và lamsach-clean.exe vào thư mục ghi ở --tools.
serve-module-none = tệp này không phải WebAssembly
serve-module-unreadable = Không dùng được phần đối chiếu trên máy người dùng { $path }: { $why }. Hãy tạo lại bằng script/browser, hoặc bỏ --browser-module để nhận nhật ký bằng cách tải lên.

serve-address-unreadable = Không hiểu địa chỉ “{ $address }”. Hãy ghi như 127.0.0.1:8080.
serve-plain-http = Không chạy HTTP không mã hóa ở { $address }: người khác trên mạng sẽ đọc được mật khẩu. Hãy thêm --tls-certificate và --tls-key, hoặc --behind-proxy nếu phía trước đã có máy chủ trung gian dùng HTTPS.
serve-port-taken = Địa chỉ { $address } đang có chương trình khác dùng. Hãy dừng chương trình đó hoặc chọn cổng khác bằng --listen.
serve-cannot-listen = Không mở được địa chỉ { $address }.
serve-folder-taken = Thư mục dữ liệu { $folder } đang được một chương trình lamsach khác dùng. Hãy dừng chương trình đó trước, hoặc chọn thư mục khác bằng --data.
serve-newer-database = Dữ liệu được tạo bởi phiên bản lamsach mới hơn (bảng phiên bản { $version }). Hãy dùng phiên bản đó hoặc mới hơn; chưa có gì bị thay đổi.
serve-database = Không mở được cơ sở dữ liệu. Hãy kiểm tra --database (dạng postgres://NGƯỜI-DÙNG@MÁY-CHỦ/TÊN) và máy chủ PostgreSQL đang chạy, hoặc thư mục --data
serve-folder = Không dùng được thư mục dữ liệu { $folder }. Hãy chọn thư mục khác bằng --data hoặc cấp quyền ghi
serve-log-filter = Không hiểu --log { $filter }. Ghi như info, debug hoặc warn,web=debug
serve-tls-file = Không đọc được chứng thư { $certificate } hoặc khóa { $key } (cần tệp PEM).

demo-only-loopback = Dữ liệu minh họa chỉ chạy trên máy này (127.0.0.1): mật khẩu minh họa ai cũng biết. Hãy bỏ --behind-proxy và chọn --listen 127.0.0.1:8080.
demo-not-empty = Không tạo dữ liệu minh họa ở đây: cổng thông tin này đã có dữ liệu thật. Hãy chọn thư mục khác bằng --data hoặc cơ sở dữ liệu khác bằng --database.
demo-other-world = Ở đây đã có dữ liệu minh họa { $there }, không phải { $wanted }. Hãy chọn thư mục khác bằng --data hoặc cơ sở dữ liệu khác bằng --database.
demo-unfinished = Việc tạo dữ liệu minh họa ở đây chưa xong. Hãy chạy lại với --demo { $world } để làm lại từ đầu.
demo-seeding = Đang tạo dữ liệu minh họa…
demo-mark = TÀI LIỆU MINH HỌA – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ
demo-sign-ins = Tài khoản minh họa (chỉ dùng được trên máy này), mật khẩu chung: { $password }
demo-logs = Nhật ký để thử, của { $unit } (thả vào trang Kiểm tra nhật ký):
demo-log = { $devices } thiết bị phải được phát hiện
