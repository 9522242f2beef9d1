"""One Python-Markdown extension a file. The table that puts them in order is `converter.EXTENSIONS`."""
