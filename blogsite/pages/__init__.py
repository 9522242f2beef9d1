"""Site → Outputs: one file for each kind of page."""
