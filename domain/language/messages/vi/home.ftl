# Trang chủ.
home-no-unit = Tài khoản của bạn chưa được giao đơn vị nào. Xin liên hệ người quản trị.
home-runs = Chiến dịch do đơn vị điều phối
home-runs-none = Đơn vị chưa có chiến dịch nào.
home-new-campaign = Soạn chiến dịch mới
home-received = Công văn đã nhận
home-received-none = Chưa có công văn triển khai nào gửi đến đơn vị.
home-next-delivered = Việc tiếp theo: mở và tiếp nhận công văn.
home-next-opened = Việc tiếp theo: tiếp nhận công văn.
home-next-acknowledged = Việc tiếp theo: phát động chiến dịch tại đơn vị và chuyển công văn đến đơn vị trực thuộc.
home-next-launched = Việc tiếp theo: kiểm tra nhật ký, xử lý thiết bị và gửi báo cáo.
home-report-draft = Báo cáo đang soạn. Việc tiếp theo: kiểm tra nhật ký, xử lý thiết bị, hoàn thành báo cáo. Khi đủ số liệu, lãnh đạo đơn vị thấy báo cáo chờ duyệt ở trang chủ của mình.
home-report-approved = Lãnh đạo đơn vị đã duyệt báo cáo. Việc tiếp theo: gửi báo cáo.
home-report-submitted = Đã gửi báo cáo, đang chờ cơ quan đầu mối tiếp nhận.
home-report-supplement-asked = Cơ quan đầu mối đề nghị bổ sung. Việc tiếp theo: sửa báo cáo để lãnh đạo đơn vị duyệt lại.
home-report-noted = Cơ quan đầu mối đã tiếp nhận báo cáo.
home-report-locked = Chiến dịch đã kết thúc, số liệu đã chốt.
home-owes-nothing = Nhận để phối hợp hoặc để biết, không phải báo cáo.
home-closed = Chiến dịch đã kết thúc; đơn vị không gửi báo cáo.

home-tasks = Việc chờ bạn
home-task-approval = Báo cáo của đơn vị chờ bạn duyệt
home-task-submission = Báo cáo đã duyệt, chờ gửi cơ quan đầu mối
home-task-supplement = Cơ quan đầu mối đề nghị bổ sung báo cáo
home-task-cases = { $count } thiết bị cần xử lý
home-task-notes = { $count } báo cáo chờ tiếp nhận

home-first = Các bước tiếp theo
home-first-lead = Hệ thống vừa được thiết lập. Làm lần lượt bốn bước sau để phát động chiến dịch đầu tiên.
home-first-done = Đã làm
home-first-units = Nhập danh sách đơn vị
home-first-units-hint = Tải tệp mẫu, điền các cơ quan, đơn vị cấp dưới, xem trước rồi xác nhận.
home-first-people = Mời người dùng
home-first-people-hint = Mời người quản trị hoặc cán bộ của từng đơn vị; mỗi người nhận một giấy mời có mã dùng một lần.
home-first-campaign = Soạn chiến dịch
home-first-campaign-hint = Ghi công văn triển khai, nhiệm vụ, hạn báo cáo; thêm danh sách địa chỉ độc hại.
home-first-launch = Chọn nơi nhận và phát động
home-first-launch-hint = Chọn đơn vị nhận để thực hiện, để phối hợp, để biết, rồi phát động: công văn đến ngay các đơn vị đó.

welcome-title = Làm sạch mã độc trên không gian mạng
welcome-lead = Nơi cơ quan, đơn vị cùng triển khai chiến dịch làm sạch mã độc: công bố, kiểm tra, giám sát, xử lý và báo cáo. Người dân xem được việc cần làm ở trang của từng chiến dịch.
welcome-campaigns = Các chiến dịch
welcome-none = Chưa có chiến dịch nào được công bố.
welcome-officers = Dành cho cán bộ các đơn vị tham gia
welcome-officers-lead = Đăng nhập để tiếp nhận công văn, kiểm tra nhật ký và gửi báo cáo.
