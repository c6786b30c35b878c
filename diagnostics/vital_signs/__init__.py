"""What the layers of single trials show: dead units, saturation, gradients, steps."""
