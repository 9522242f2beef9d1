"""The command line: options, commands, messages on the terminal, exit codes.

In: the arguments of a process. Out: calls of build/ and preview/, and their reports as text. A new command is a file in
commands/ and a line in its COMMANDS. May import everything.
"""
