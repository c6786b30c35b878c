"""What the trials of a study show together: their curves, their ranking, their choice."""
