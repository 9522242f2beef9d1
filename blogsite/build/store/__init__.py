"""The store: what one build leaves for the next, in the SQLite file .blogsite/store.sqlite.

In: posts, texts, formulas, records of outputs, snapshots of builds. Out: the same, or nothing where the file is lost or
damaged. `sqlite.py` opens and repairs the file, `store.py` has the tables, `records.py` the bytes in them.
"""
