# Người dùng của các đơn vị.
people-title = Người dùng

audit-title = Nhật ký thao tác
