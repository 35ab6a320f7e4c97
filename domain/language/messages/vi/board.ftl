# Tiến độ và tổng hợp.
board-stages = Tiến độ chung
board-stage = Bước
board-share = Tỷ lệ
board-units = Số đơn vị
board-late = { $count } đơn vị quá hạn báo cáo
board-action = Đơn vị thực hiện
board-none = Chưa gửi công văn đến đơn vị nào.
board-others = Đơn vị phối hợp, để biết
board-remind-head = Chọn
board-remind-unit = Đôn đốc { $unit }
board-reminded = Đôn đốc gần nhất: { $at }
board-deadline = Hạn hết ngày
board-cases = Hồ sơ đã xử lý
board-below = Đơn vị trực thuộc đã báo cáo
board-below-share = { $reported }/{ $units } đơn vị
board-message = Lời đôn đốc (nếu có)
board-remind = Đôn đốc các đơn vị đã chọn

roll-up-share = { $reported }/{ $expected } đơn vị đã báo cáo
roll-up-from = Tổng hợp từ
roll-up-units = { $count } đơn vị
roll-up-missing = Chưa báo cáo: { $count } đơn vị
roll-up-late = Báo cáo quá hạn: { $count } đơn vị
roll-up-opinions = Đánh giá và kiến nghị của các đơn vị
roll-up-beside = { $count } đơn vị nhận để phối hợp, để biết đã tiếp nhận
roll-up-beside-hint = Các đơn vị này không phải báo cáo và không tính trong số liệu trên.
