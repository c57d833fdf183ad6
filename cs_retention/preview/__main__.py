"""`python -m cs_retention.preview` is the command `cs-retention`."""

from cs_retention.preview.command import main

main(prog_name="cs-retention")
