"""The files of a site, and what a Markdown file says of itself.

In: a site's folder. Out: SiteFiles (names and stats), decoded texts, FrontMatter, publication status. `model.py` holds
the values of a parsed post that markdown/ fills. May import config/ and core/.
"""
