"""What is learnt from: sources, splits and checks."""
