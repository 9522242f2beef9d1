"""The settings of a site: blogsite.toml is read, checked and turned into a Config.

In: the text of blogsite.toml. Out: a Config, or a SiteError with every mistake in it. A new setting is a line in
`schema.KEYS` and a field of Config. May import core/.
"""
