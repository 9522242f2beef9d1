"""Front matter: from the top of a file, in any generator's dialect, to a FrontMatter and diagnostics.

A new field is a line in `fields.FIELDS` and in `content.model.FrontMatter`; a new dialect is a file in dialects/ and a
line in its DIALECTS.
"""
