"""Where in the data bias, variance and noise are."""
