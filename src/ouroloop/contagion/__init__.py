"""Who can pay when others cannot."""
