"""What is trained: networks, one trial's training, many trials at once."""
