"""What each kind of finding means, told for readers."""
