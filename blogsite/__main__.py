"""`python -m blogsite` is the command `blogsite`."""

from blogsite.cli.main import main

main()
