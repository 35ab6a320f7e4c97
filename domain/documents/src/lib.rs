//! Reports and letters as DOCX, XLSX, CSV and JSON by the rules for official documents.
