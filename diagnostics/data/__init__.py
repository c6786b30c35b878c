"""What is wrong with the data: labels, drift between splits, rare classes."""
