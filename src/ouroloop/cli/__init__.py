"""The command line: a verb and one positional path."""


def main() -> None:
    """Run the command line."""
