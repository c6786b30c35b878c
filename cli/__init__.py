"""The front door: parses, calls, prints."""
