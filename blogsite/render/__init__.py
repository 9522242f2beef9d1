"""Templates: from a page's context to HTML, with placeholders filled and formulas in place.

In: an Output with the texts and formulas that it shows. Out: bytes, or the error of a template. A new template filter
is a function and a line in `filters.FILTERS`. May import pages/ and below.
"""
