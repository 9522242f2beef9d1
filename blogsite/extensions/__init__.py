"""One Python-Markdown extension a file; convert.EXTENSIONS is the table of them."""
