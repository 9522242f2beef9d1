"""`python -m blogsite` is the command `blogsite`."""

from blogsite.cli import main

main()
