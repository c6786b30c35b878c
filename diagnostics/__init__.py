"""What it means: numbers in, findings out, then the report."""
