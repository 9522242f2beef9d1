"""Incremental builds: from the files on disk to the output folder.

In: a site's root and its configuration. Out: the output folder, a BuildReport, and the store that the next build
compares with. `driver.py` calls the stages in order. Imports everything below build/, and nothing above it.
"""
