"""From a dossier, assumptions and shocks to a runnable economy."""
