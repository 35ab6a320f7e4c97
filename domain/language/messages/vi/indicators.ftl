# Lệnh lamsach indicators: biên dịch danh sách địa chỉ độc hại thành một tệp.

# Tệp không dùng được.
indicators-not-compiled = { $path } không phải tệp do lệnh lamsach indicators compile tạo ra. Nếu đây là danh sách, hãy biên dịch trước: lamsach indicators compile { $path } -o TỆP
indicators-other-version = { $path } có phiên bản { $found }, chương trình này chỉ đọc được phiên bản { $known }. Hãy cập nhật lamsach, hoặc biên dịch lại danh sách bằng chương trình này.
indicators-cut-short = { $path } bị cụt hoặc chép chưa xong: phải có { $expected } byte, đang có { $found } byte. Hãy chép lại tệp.
indicators-damaged = { $path } bị hỏng hoặc bị sửa (phần { $part }). Hãy chép lại tệp, hoặc biên dịch lại danh sách.

# Nội dung tệp.
indicators-count = { $count } địa chỉ độc hại
indicators-count-kind = { $kind }: { $count }
indicators-kind-domain = tên miền
indicators-kind-ip = địa chỉ IP
indicators-kind-ip-port = địa chỉ IP kèm cổng
indicators-kind-network = dải mạng
indicators-kind-url = URL
indicators-size = { $bytes } byte, { $each } byte mỗi địa chỉ
indicators-compiled = Biên dịch lúc { $at } bằng { $program }
indicators-list = Danh sách { $name }: { $accepted } địa chỉ được dùng, { $refused } bị từ chối
indicators-warned = { $count } địa chỉ cần xem lại: có trong danh sách cảnh báo “{ $list }”
indicators-families = { $count } họ mã độc
indicators-verified = Đã kiểm tra toàn bộ tệp: nguyên vẹn.
indicators-not-verified = Chưa kiểm tra toàn bộ tệp; muốn kiểm tra, hãy thêm --verify.

# Trợ giúp.
cli-about-indicators = Biên dịch danh sách địa chỉ độc hại thành một tệp, tạo gói dữ liệu có ký cho công cụ xử lý mã độc, xem các tệp đó
cli-about-indicators-compile = Biên dịch danh sách thành một tệp mà lệnh match mở được ngay
cli-about-indicators-inspect = Xem một tệp đã biên dịch hoặc một gói có những gì
cli-arg-compile-lists = Danh sách địa chỉ độc hại, để nguyên hoặc nén, hoặc tệp đã biên dịch; dấu - là đầu vào chuẩn
cli-arg-out = Tệp sẽ ghi; tệp cũ cùng tên được thay trọn vẹn
cli-arg-inspect-file = Tệp do lamsach indicators compile hoặc pack đã ghi
cli-arg-shown-as = Dạng kết quả: table để đọc trên màn hình, json là một đối tượng
cli-arg-no-guard = Nhận cả những địa chỉ gây hại khi đối chiếu: mạng riêng, máy chủ DNS công cộng, tên miền dùng chung; không ghi cảnh báo
cli-arg-verify = Kiểm tra toàn bộ tệp: có nguyên vẹn và đúng không

# Gói dữ liệu có ký.
pack-bad-date = “{ $value }” không phải là ngày. Hãy ghi dạng năm-tháng-ngày, ví dụ 2026-12-31.
pack-bad-name = Tên gói chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối, tối đa 64 ký tự: { $why }
pack-bad-serial = Số thứ tự của gói phải từ 1 trở lên.
pack-not-a-pack = { $path } không phải là gói dữ liệu.
pack-other-version = { $path } do chương trình mới hơn tạo ra: { $why }. Hãy cập nhật lamsach.
pack-damaged = Không dùng { $path }: { $why }. Hãy xin lại tệp này từ nơi phát hành.
pack-too-large = Gói quá lớn: tối đa 256 MiB, quy tắc tối đa 128 MiB.
pack-input-too-large = { $path } quá lớn để đưa vào gói (tối đa 256 MiB).
pack-signed-already = Khóa này đã ký { $path } rồi. Người thứ hai phải ký bằng khóa của mình.
pack-keys-secret = { $path } là khóa bí mật. Ở đây cần khóa công khai (tệp .pub). Không đưa khóa bí mật cho ai.
pack-keys-public = { $path } là khóa công khai. Muốn ký phải có khóa bí mật.
pack-keys-threshold = Số chữ ký cần có không hợp lệ ({ $why }). Hãy chọn từ 1 đến số khóa.
pack-keys-twice = Một khóa được nêu hai lần: { $why }
pack-keys-unusable = Không dùng được tệp khóa { $path }: { $why }
pack-key-there = { $path } đã có. Khóa không bị ghi đè: hãy chọn tên khác.
pack-key-made = Khóa bí mật: { $secret } (chỉ mình bạn được đọc, hãy cất kỹ)
    Khóa công khai: { $public } (gửi cho người lập tệp khóa tin cậy)
    Dấu vân tay: { $fingerprint }
pack-keys-joined = { $path }: cần { $threshold } chữ ký trong { $count } khóa
pack-rules-refused = Có { $count } tệp quy tắc không dùng được, nên gói không được tạo:
pack-rules-twice = Có hai tệp quy tắc cùng tên { $name }.
pack-families-refused = Bảng họ mã độc có dòng sai, nên gói không được tạo:
pack-family-no-name = dòng { $row }: thiếu tên họ mã độc
pack-family-twice = dòng { $row }: họ { $what } đã có ở trên
pack-family-detection = dòng { $row }: “{ $what }” không phải là cách phát hiện (rule:TÊN, hash:TÊN, file-name:TÊN, place:MÃ, addresses)
pack-family-not-in-pack = dòng { $row }: gói không có “{ $what }”
pack-family-remover = dòng { $row }: “{ $what }” không phải là cách xử lý (quarantine, autostart, hosts, usb, by-hand)
pack-families-table = Không đọc được bảng họ mã độc: { $why }. Cần có cột family, detection, remover, gap.
pack-empty = Không có gì để đưa vào gói. Hãy nêu --rules hoặc --indicators.
pack-good-and-bad = Một tệp vừa được coi là lành vừa là mã độc: { $hash }
pack-not-good = { $name }, dòng { $line }: không phải SHA-256: { $text }
pack-nothing-of = Không dùng được dòng nào của { $name }.
pack-is = Gói { $name }, số { $serial }
pack-dates = Tạo lúc { $issued }, dùng đến hết ngày { $expires }
pack-holds = { $rules } tệp quy tắc, { $hashes } mã băm, { $names } tên tệp, { $addresses } địa chỉ, { $good } tệp lành
pack-families = { $count } họ mã độc, { $gaps } họ còn thiếu:
pack-gap-not-found = công cụ chưa phát hiện được trên máy
pack-gap-not-removed = công cụ chưa tự xử lý được
pack-not-signed = Chưa có chữ ký: chưa dùng được.
pack-signed = Chữ ký của khóa { $fingerprint }
pack-signed-trusted = Chữ ký của khóa { $fingerprint } ({ $name }), được tin cậy
pack-signed-stranger = Chữ ký của khóa { $fingerprint }, không nằm trong tệp khóa tin cậy
pack-trusted = Đủ chữ ký: { $trusted } trên { $needed } chữ ký cần có
pack-not-trusted = CHƯA đủ chữ ký: { $trusted } trên { $needed } chữ ký cần có
pack-unknown-section = Chương trình này không biết phần “{ $kind }” của gói
cli-about-indicators-pack = Tạo gói dữ liệu có ký cho công cụ xử lý mã độc
cli-about-indicators-sign = Ký thêm vào một gói: chữ ký của người thứ hai
cli-about-indicators-keys = Tạo một cặp khóa, hoặc gộp các khóa công khai thành tệp khóa tin cậy
cli-arg-pack-name = Tên gói: chữ thường không dấu, chữ số, dấu gạch nối; các gói cùng tên nối tiếp nhau
cli-arg-pack-serial = Số thứ tự, lớn hơn số của gói trước cùng tên
cli-arg-pack-expires = Ngày cuối cùng gói còn mới: 2026-12-31
cli-arg-pack-rules = Tệp quy tắc YARA, hoặc thư mục có các tệp .yar, .yara; có thể nêu nhiều lần
cli-arg-pack-indicators = Danh sách địa chỉ, mã băm, tên tệp độc hại; --hashes cũng vậy; có thể nêu nhiều lần
cli-arg-pack-good = Danh sách SHA-256 của tệp lành, không bao giờ bị coi là mã độc; có thể nêu nhiều lần
cli-arg-pack-families = Bảng họ mã độc (CSV, XLSX) với các cột family, detection, remover, gap
cli-arg-pack-key = Tệp khóa bí mật để ký; có thể nêu nhiều lần
cli-arg-pack-file = Gói cần ký
cli-arg-sign-out = Tệp sẽ ghi thay cho chính gói đó
cli-arg-inspect-trust = Tệp khóa tin cậy: gói có đủ chữ ký của các khóa này không
cli-arg-keys-public = Tệp khóa công khai (.pub) cần gộp; không nêu thì tạo cặp khóa mới
cli-arg-keys-threshold = Số chữ ký mà một gói phải có [mặc định: 1]
cli-arg-keys-name = Tên của khóa mới; nên là tên chức vụ, cơ quan
cli-arg-keys-out = Tệp sẽ ghi; khóa công khai được ghi cạnh đó, thêm đuôi .pub
