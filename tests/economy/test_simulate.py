"""The small world, run: books that balance, colors that add up, an auditor who agrees, paths that do not disturb each other."""
