"""Shortcodes of other generators: Liquid tags of Jekyll and Hexo, shortcodes of Hugo.

`extension.py` finds them and has the table HANDLERS; the handlers of each kind stand in handlers/.
"""
