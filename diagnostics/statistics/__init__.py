"""Intervals, corrections and resampling: what holds of any errors on any rows."""
