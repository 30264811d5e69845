"""The `twin` command: every verb explains itself with --help and ends without a traceback."""

from twin.cli.main import main

__all__ = ["main"]
