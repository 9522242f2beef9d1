"""Values and rules that every other folder uses.

Diagnostics, digests, frozen records, file states, slugs and addresses, the words of the interface in two languages,
parallel work. Imports nothing of the package.
"""
