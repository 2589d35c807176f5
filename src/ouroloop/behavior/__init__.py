"""What each kind of entity decides: pure functions, one behavior per file, parameters from the assumptions."""
