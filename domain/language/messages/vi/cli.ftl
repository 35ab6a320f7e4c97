# Dòng lệnh lamsach: trợ giúp và lỗi khi gọi sai.
cli-usage = Cách dùng
cli-commands = Các lệnh
cli-command-word = LỆNH
cli-arguments = Tham số
cli-options = Tùy chọn
cli-options-word = TÙY CHỌN
cli-note-default = mặc định: { $value }
cli-note-env = biến môi trường: { $value }
cli-note-values = một trong: { $value }

cli-about-lamsach = Lamsach: chạy và tham gia chiến dịch làm sạch mã độc.
cli-after-lamsach =
    Trợ giúp của từng lệnh:  lamsach LỆNH --help
    In English:              lamsach --language en --help
cli-about-match = Tìm trong nhật ký những thiết bị có kết nối tới địa chỉ độc hại
cli-after-match =
    Ví dụ:
      lamsach match --indicators danhsach.txt dns.log
      lamsach match --indicators a.csv --indicators b.txt --output html nhatky/ > ketqua.html
      zcat cu.gz | lamsach match --indicators danhsach.txt --format bind -
      lamsach match --indicators danhsach.txt --send https://cong.example --site "Trụ sở" dns.log

    Mã thoát: 2 là có lỗi; nếu không, 1 là có phát hiện; nếu không, 3 là có phần chưa đọc được; còn lại là 0.
cli-about-hunt = Tra cứu lại: thiết bị nào đã kết nối tới một địa chỉ trước khi địa chỉ đó bị coi là độc hại
cli-after-hunt =
    Ví dụ:
      lamsach match --archive luutru/ --indicators danhsach.txt dns.log
      lamsach hunt --archive luutru/ --indicators danhsachmoi.txt

    Mã thoát: 2 là có lỗi; nếu không, 1 là có phát hiện; nếu không, 3 là có phần chưa đọc được; còn lại là 0.
cli-about-serve = Chạy cổng thông tin của chiến dịch
cli-about-watch = Giám sát liên tục: báo ngay thiết bị có kết nối tới địa chỉ độc hại
cli-after-watch =
    Ví dụ:
      lamsach watch --indicators danhsach.txt --follow /var/log/named/query.log
      lamsach watch --indicators danhsach.txt --syslog udp://0.0.0.0:514 --syslog tcp://0.0.0.0:601
      lamsach watch --indicators danhsach.lsx --follow dns.log --site "Trụ sở" --spool /var/lib/lamsach-watch --send https://cong.example --token-file ma.txt

    SIGHUP đọc lại danh sách; tệp danh sách thay đổi thì cũng tự đọc lại.
cli-about-backup = Sao lưu toàn bộ dữ liệu của cổng vào một tệp
cli-about-restore = Khôi phục bản sao lưu vào một cổng còn trống

cli-arg-help = In trợ giúp này
cli-arg-version = In số phiên bản
cli-arg-language = Ngôn ngữ của trợ giúp và kết quả: vi hoặc en [mặc định: vi]
cli-arg-indicators = Danh sách địa chỉ độc hại: văn bản mỗi dòng một địa chỉ, CSV, tệp hosts hoặc tệp do lamsach indicators compile tạo ra; nhiều danh sách thì lặp lại tùy chọn này
cli-arg-format = Định dạng nhật ký: auto (tự nhận ra) hoặc tên định dạng, ví dụ bind, fortigate, squid; ghi sai tên thì chương trình liệt kê đủ
cli-arg-output = Dạng kết quả: table để đọc trên màn hình, json mỗi dòng một đối tượng, csv cho bảng tính, html là một trang để in
cli-arg-columns = Với json và csv: mỗi cột có ý nghĩa gì, ví dụ device=src_ip,name=host,time=ts; các ý nghĩa: device, device-name, name, url, path, query, address, port, answers, time, outcome
cli-arg-delimiter = Với csv: ký tự ngăn cách các cột, hoặc tab; mặc định là dấu phẩy
cli-arg-timezone = Múi giờ của nhật ký ghi giờ địa phương và của bảng, trang kết quả; csv và json ghi giờ UTC
cli-arg-site = Địa điểm lấy nhật ký, ghi trong kết quả
cli-arg-names = Tệp cho biết địa chỉ thuộc thiết bị nào, có thể lặp lại: bản ghi cấp địa chỉ hoặc nhật ký DHCP (dnsmasq, ISC, Kea, Windows), bảng láng giềng (ip neigh, arp -a), danh mục thiết bị CSV (ip, mac, tên, vai trò, từ, đến, địa điểm)
cli-arg-forwarder = Địa chỉ hoặc dải địa chỉ của máy trung chuyển DNS, có thể lặp lại: kết quả ghi rõ cần xem log phía sau
cli-arg-proxy = Địa chỉ hoặc dải địa chỉ của máy chủ proxy, có thể lặp lại: kết quả ghi rõ cần xem log phía sau
cli-arg-nat = Địa chỉ hoặc dải địa chỉ mà nhiều máy dùng chung (NAT), có thể lặp lại: kết quả ghi rõ cần xem log phía sau
cli-arg-threads = Số luồng đối chiếu, từ 1 đến 256 [mặc định: mỗi bộ xử lý một luồng]
cli-arg-archive = Thư mục lưu dữ liệu để tra cứu lại: match ghi vào đây tên, địa chỉ mà mỗi thiết bị đã kết nối; hunt tìm trong đó. Dữ liệu này là riêng tư như chính nhật ký
cli-arg-send = Gửi kết quả về cổng có địa chỉ này, không gửi dòng nhật ký: https://…
cli-arg-token = Mã truy cập của đơn vị. Người khác trên máy này có thể nhìn thấy: nên dùng biến LAMSACH_TOKEN hoặc --token-file
cli-arg-token-file = Tệp chứa mã truy cập
cli-arg-campaign = Mã chiến dịch, khi đơn vị có nhiều chiến dịch đang diễn ra
cli-arg-ca = Chứng thư (PEM) để tin cậy cổng, thay cho các tổ chức chứng thực công cộng
cli-arg-logs = Tệp nhật ký, để nguyên, nén gzip, zstd, xz, bzip2 hoặc đóng gói zip; thư mục là mọi tệp bên trong; mẫu tên như 'logs/**/*.log' trong dấu nháy; dấu - là đầu vào chuẩn
cli-arg-data = Thư mục dữ liệu: các tệp, và cơ sở dữ liệu nếu không dùng --database
cli-arg-database = Cơ sở dữ liệu PostgreSQL thay cho tệp trong thư mục: postgres://NGƯỜI-DÙNG@MÁY-CHỦ/TÊN
cli-arg-listen = Địa chỉ và cổng để mở trang; cổng 0 là một cổng còn trống
cli-arg-tls-certificate = Chuỗi chứng thư cho HTTPS, tệp PEM; đi cùng --tls-key
cli-arg-tls-key = Khóa riêng cho HTTPS, tệp PEM; đi cùng --tls-certificate
cli-arg-behind-proxy = Phía trước đã có máy chủ trung gian dùng HTTPS: cho phép HTTP ra ngoài máy này
cli-arg-browser-module = Phần đối chiếu nhật ký chạy trong trình duyệt (tệp WebAssembly do script/browser tạo); không có tùy chọn này thì dùng tệp lamsach-browser.wasm nằm cạnh chương trình, nếu có
cli-arg-tools = Thư mục chứa lamsach-clean và lamsach-clean.exe để người dùng tải; không có tùy chọn này thì tìm cạnh chương trình, rồi trong thư mục tools của thư mục dữ liệu
cli-arg-demo = Điền dữ liệu minh họa vào cổng còn trống: 2026 là tỉnh giả định có xã, phường (không ghi năm là 2026); 2022 là tỉnh giả định còn cấp huyện, đồng hồ chạy trong tháng 9/2022
cli-arg-log = Nhật ký chạy ghi ra đầu ra lỗi chuẩn: info, debug, warn,web=debug
cli-arg-log-json = Ghi nhật ký chạy dạng JSON, mỗi dòng một đối tượng
cli-arg-backup-file = Tệp sẽ ghi; chỉ chủ sở hữu đọc được
cli-arg-restore-file = Tệp do lamsach backup đã ghi
cli-arg-follow = Tệp nhật ký đang được ghi, theo dõi cả khi tệp được đổi tên, nén hay làm rỗng (xoay vòng nhật ký)
cli-arg-from-end = Lần đầu chỉ đọc từ dòng sẽ ghi tiếp theo, không đọc phần đã có
cli-arg-syslog = Lắng nghe bản tin syslog, dùng được nhiều lần: udp://ĐỊA-CHỈ:CỔNG, tcp://… hoặc tls://…
cli-arg-netflow = Lắng nghe bản ghi luồng của bộ định tuyến, tường lửa (NetFlow 5, 7, 9, IPFIX), dùng được nhiều lần: ĐỊA-CHỈ:CỔNG
cli-arg-sinkhole = Làm máy chủ tên miền: tự trả lời cho tên miền trong danh sách, chuyển tiếp mọi truy vấn khác: ĐỊA-CHỈ:CỔNG; đi cùng --forward
cli-arg-forward = Máy chủ tên miền nhận truy vấn chuyển tiếp: địa chỉ IP, thêm cổng nếu không phải 53
cli-arg-answer = Trả lời gì cho tên miền trong danh sách: nxdomain (không có tên miền này) hoặc địa chỉ IP của trang giải thích; lặp lại cho IPv4 và IPv6 [mặc định: nxdomain]
cli-arg-clients = Mạng được hỏi, ngoài máy này và các mạng riêng, dùng được nhiều lần: 203.0.113.0/24
cli-arg-interface = Đọc gói tin đi qua một giao diện mạng, ví dụ giao diện nhận bản sao lưu lượng từ thiết bị chuyển mạch; dùng được nhiều lần
cli-arg-user = Chuyển sang người dùng này khi đã mở xong mọi thứ, và từ bỏ mọi quyền khác
cli-arg-webhook = Gửi phát hiện mới dạng JSON, không kèm dòng nhật ký, tới địa chỉ này: https://…
cli-arg-webhook-ca = Chứng thư (PEM) để tin cậy nơi nhận thông báo, thay cho các tổ chức chứng thực công cộng
cli-arg-syslog-tls-cert = Chuỗi chứng thư cho tls://, tệp PEM; đi cùng --tls-key
cli-arg-syslog-tls-key = Khóa riêng cho tls://, tệp PEM; đi cùng --tls-cert
cli-arg-watch-output = Ghi gì ra đầu ra chuẩn: json là mỗi dòng một đối tượng, none là không ghi
cli-arg-sensor = Tên của nơi giám sát này, giữ nguyên qua các lần chạy [mặc định: tên máy]
cli-arg-spool = Thư mục giữ những gì đã ghi nhận cho tới khi gửi được; cần có khi dùng --send. Dữ liệu này là riêng tư như chính nhật ký
cli-arg-interval = Số giây giữa hai lần báo số lượt tăng thêm; kết nối đầu tiên được báo ngay

cli-value-address = ĐỊA-CHỈ
cli-value-date = NGÀY
cli-value-file = TỆP
cli-value-filter = MỨC
cli-value-folder = THƯ-MỤC
cli-value-id = MÃ
cli-value-kind = DẠNG
cli-value-language = NGÔN-NGỮ
cli-value-list = DANH-SÁCH
cli-value-log = NHẬT-KÝ
cli-value-n = SỐ
cli-value-seconds = GIÂY
cli-value-code = MÃ
cli-value-columns = Ý-NGHĨA=CỘT,…
cli-value-character = KÝ-TỰ
cli-value-name = TÊN
cli-value-network = MẠNG
cli-value-token = MÃ
cli-value-url = URL
cli-value-world = NĂM
cli-value-zone = MÚI-GIỜ

cli-unknown-language = Không có ngôn ngữ “{ $name }”. Hãy chọn vi hoặc en.
cli-wrong = Lệnh gọi chưa đúng.
cli-wrong-command = Không có lệnh “{ $command }”.
cli-wrong-conflict = Không dùng { $argument } cùng với { $other }. Hãy bỏ một trong hai.
cli-wrong-help = Xem thêm: { $command } --help
cli-wrong-meant = Có phải bạn muốn ghi “{ $meant }”?
cli-wrong-missing = Lệnh còn thiếu: { $argument }.
cli-wrong-no-command = Chưa chọn lệnh.
cli-wrong-no-value = Sau { $argument } phải có giá trị.
cli-wrong-takes-none = { $argument } không nhận giá trị nào: hãy bỏ “{ $value }”.
cli-wrong-twice = { $argument } chỉ được dùng một lần.
cli-wrong-unknown = Lệnh này không nhận “{ $argument }”.
cli-wrong-utf8 = Có tham số không phải là văn bản UTF-8.
cli-wrong-value = { $argument } không nhận giá trị “{ $value }”.
cli-wrong-values = Hãy chọn một trong: { $values }.

cli-about-lamsach-clean = Công cụ xử lý mã độc: quét, giải thích, xử lý; mọi thay đổi đều hoàn tác được.
cli-after-lamsach-clean =
    Cách dùng từng lệnh:  lamsach-clean LỆNH --help
    In English:           lamsach-clean --language en --help
cli-about-scan = Tìm mã độc trong tệp bằng quy tắc YARA và danh sách mã băm
cli-after-scan =
    Ví dụ:
      lamsach-clean scan --rules quy-tac/ --indicators ma-bam.csv D:\
      lamsach-clean scan --rules a.yar --root /mnt/o-dia --json > ket-qua.jsonl

    Mã thoát: 0 sạch, 1 có phát hiện, 2 lỗi, 3 chưa quét đủ.
cli-arg-clean-rules = Tệp quy tắc YARA, hoặc thư mục có các tệp .yar, .yara; dùng nhiều lần được
cli-arg-clean-indicators = Danh sách mã băm MD5, SHA-1, SHA-256 hoặc tên tệp; --hashes cũng vậy; dùng nhiều lần được
cli-arg-clean-root = Thư mục gắn ổ đĩa của máy khác: đường dẫn được ghi như trên máy đó
cli-arg-clean-json = Mỗi dòng một đối tượng JSON: từng phát hiện, cuối cùng là tổng kết
cli-arg-clean-gentle = Nhường máy cho người đang dùng: dùng không quá 30 % của một nhân
cli-arg-clean-threads = Số luồng quét, từ 1 đến 256 [mặc định: mỗi bộ xử lý một luồng]
cli-arg-clean-no-unpack = Không mở tệp nén, tài liệu; kết luận khi đó là chưa quét đủ
cli-arg-clean-memory = Tệp ghi nhớ các tệp sạch, để lần sau chỉ quét tệp đã thay đổi
cli-arg-clean-no-memory = Quét lại tất cả và không ghi nhớ gì
cli-arg-usb-clean-path = Ổ USB cần xem [mặc định: ổ USB duy nhất đang cắm]
cli-arg-usb-clean-json = Kế hoạch ở dạng JSON, như tệp của tùy chọn -o; với --clean thì kết quả ở dạng JSON
cli-arg-plan-clean-json = Kế hoạch ở dạng JSON, như tệp của tùy chọn -o
cli-arg-clean-path = Tệp hoặc thư mục cần quét; bỏ trống thì quét cả máy
cli-value-path = ĐƯỜNG-DẪN
cli-about-plan = Lập kế hoạch: xử lý thì thay đổi gì, vì sao, và giữ nguyên gì. Không thay đổi gì trên máy
cli-after-plan =
    Ví dụ:
      lamsach-clean scan --rules quy-tac/ --json > ket-qua.jsonl
      lamsach-clean plan --findings ket-qua.jsonl -o ke-hoach.json
      lamsach-clean plan --rules quy-tac/ --root /mnt/o-dia -o ke-hoach.json

    Mã thoát: 0 không có gì cần làm, 1 có thay đổi, 2 lỗi, 3 không có thay đổi nhưng có thứ giữ nguyên hoặc chưa xem hết.
cli-about-apply = Thực hiện kế hoạch: ghi nhật ký, cách ly, thay đổi. Chạy lại thì làm tiếp lần bị dừng
cli-after-apply =
    Ví dụ:
      lamsach-clean apply ke-hoach.json
      lamsach-clean apply --yes --json ke-hoach.json > ket-qua.jsonl

    Mã thoát: 0 đã làm hết, 2 lỗi, 3 có thay đổi chưa làm được.
cli-about-undo = Hoàn tác một lần xử lý: tệp, thời gian, quyền trở lại y như trước
cli-after-undo =
    Ví dụ:
      lamsach-clean undo
      lamsach-clean undo 20261127-040000 --yes

    Mã thoát: 0 đã hoàn tác hết, 2 lỗi, 3 có thứ chưa hoàn tác được.
cli-about-quarantine = Tệp cách ly: xem danh sách, trả lại, lấy ra, xóa hẳn
cli-after-quarantine =
    Ví dụ:
      lamsach-clean quarantine list
      lamsach-clean quarantine restore 20261127-040000-00003
      lamsach-clean quarantine export 20261127-040000-00003 -o mau.zip
      lamsach-clean quarantine purge --older-than 90
cli-about-quarantine-list = Danh sách tệp cách ly
cli-about-quarantine-restore = Trả một tệp về chỗ cũ, y như trước
cli-about-quarantine-export = Ghi một tệp cách ly vào tệp zip có mật khẩu để gửi cơ quan chuyên môn
cli-about-quarantine-purge = Xóa hẳn tệp cách ly; sau đó không trả lại được nữa
cli-arg-clean-findings = Phát hiện do scan --json ghi, hoặc - để đọc từ đầu vào; bỏ trống thì quét luôn
cli-arg-clean-suspicious = Cách ly cả tệp chỉ đáng ngờ
cli-arg-clean-plan-output = Tệp lưu kế hoạch để lệnh apply thực hiện
cli-arg-clean-yes = Đồng ý trước, không hỏi lại
cli-arg-clean-result-json = Mỗi dòng một đối tượng JSON: từng thay đổi, cuối cùng là tổng kết
cli-arg-clean-list-json = Mỗi dòng một đối tượng JSON cho một tệp
cli-arg-clean-store = Thư mục lưu nhật ký xử lý và tệp cách ly [mặc định: trong thư mục riêng của người dùng]
cli-arg-clean-plan = Kế hoạch do lệnh plan lưu
cli-arg-clean-run = Lần xử lý cần hoàn tác; bỏ trống thì hoàn tác lần cuối
cli-arg-clean-undo-root = Chỗ gắn ổ đĩa hôm nay, nếu khác lúc xử lý
cli-arg-clean-item = Tên mục, xem bằng quarantine list
cli-arg-clean-items = Tên các mục cần xóa
cli-arg-clean-export-output = Tệp zip được ghi; tệp có sẵn không bị ghi đè
cli-arg-clean-older = Xóa mục của những lần xử lý cũ hơn số ngày này
cli-arg-clean-all = Xóa tất cả
cli-value-plan = KẾ-HOẠCH
cli-value-run = LẦN
cli-value-item = MỤC
cli-value-days = SỐ-NGÀY
cli-about-usb = Xem ổ USB có bị sâu không; với --clean thì hiện lại thư mục bị giấu, cách ly lối tắt giả và tệp của sâu
cli-after-usb =
    Ví dụ:
      lamsach-clean usb
      lamsach-clean usb /media/an/USB --rules quy-tac/
      lamsach-clean usb /media/an/USB --clean

    Mã thoát: 0 không có gì cần làm hoặc đã làm hết, 1 có dấu hiệu của sâu, 2 lỗi, 3 chưa xem hết hoặc có thứ chưa làm được.
cli-arg-clean-stick-clean = Xử lý luôn: cho xem kế hoạch, hỏi, rồi thực hiện
cli-arg-clean-quick = Kiểm tra nhanh: chỉ quét những gì tự khởi động, đang chạy, mới tải về và ổ USB
cli-about-report = Trang kết quả để in hoặc gửi: đã phát hiện gì, đã thay đổi gì, cần làm gì tiếp
cli-after-report =
    Ví dụ:
      lamsach-clean report --findings ket-qua.jsonl -o ket-qua.html
      lamsach-clean report 20261127-040000 > ket-qua.html

    Mã thoát: 0 đã ghi, 2 lỗi.
cli-arg-clean-report-findings = Phát hiện do scan --json ghi
cli-arg-clean-report-name = Tên máy ghi trên trang [mặc định: tên của máy này]
cli-arg-clean-report-output = Tệp HTML được ghi; bỏ trống thì in ra màn hình
cli-arg-clean-report-run = Lần xử lý; bỏ trống thì lấy lần cuối
cli-after-update =
    Ví dụ:
      lamsach-clean update /media/an/USB/chien-dich.lspack
      lamsach-clean update https://cong.vi-du.vn/chien-dich.lspack

    Mã thoát: 0 đã nhận hết, 2 lỗi: gói bị từ chối hoặc không tải được.
cli-after-send =
    Ví dụ:
      lamsach-clean send ket-qua.json --to https://cong.vi-du.vn
      lamsach-clean send thu-muc-ket-qua/ --to https://cong.vi-du.vn

    Mã thoát: 0 đã gửi hết, 2 lỗi, 3 có tệp không gửi được.
cli-about-window = Cũng những việc đó trên một trang trong trình duyệt, không phải gõ lệnh
cli-arg-clean-window-no-browser = Chỉ in địa chỉ ra, không tự mở trình duyệt
cli-after-window =
    Ví dụ:
      lamsach-clean window --rules quy-tac/

    Trang chỉ mở được trên máy này, một lần, bằng địa chỉ được in ra.
    Không có --rules và --indicators thì dùng thư mục “rules” cạnh chương trình.
    Mã thoát: 0 đã đóng, 2 lỗi.
cli-about-terminal = Cũng những việc đó, hỏi từng câu một trong cửa sổ dòng lệnh, cho máy không có trình duyệt
cli-after-terminal =
    Ví dụ:
      lamsach-clean terminal --rules quy-tac/

    Không có gì thay đổi trước khi bạn trả lời c. Máy có trình duyệt: lamsach-clean window.
