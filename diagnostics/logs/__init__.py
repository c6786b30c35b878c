"""Training logs that others wrote, read and judged."""
