"""The Bayes error: taken from the user or estimated, with limits, and put to the test."""
