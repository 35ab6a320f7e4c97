# Tên ngôn ngữ và những từ dùng chung.
language-name = Tiếng Việt
language-files = { $count } tệp
