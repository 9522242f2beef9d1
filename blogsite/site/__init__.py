"""The graph of posts: addresses, order, taxonomies, and the answers to everything that posts refer to.

In: parsed Posts and SiteFiles. Out: a Site, frozen, with every reference resolved, and its diagnostics. `assemble.py`
is one pass without input or output. May import markdown/ and below.
"""
