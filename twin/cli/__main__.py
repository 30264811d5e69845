"""`python -m twin.cli` is `twin`."""

from twin.cli.main import main

main()
