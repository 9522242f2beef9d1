"""The block structure of Markdown by CommonMark's rules: lists, quotes, headings, HTML, and the text between them.

`scanner.py` finds the structure, `processor.py` builds elements from it, and leaves the text to Python-Markdown.
"""
