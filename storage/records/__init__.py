"""What crosses the wall of the storage room: small frozen data, no SQL and no SQLAlchemy.

Errors are fractions of wrong answers (0–1) and losses nats; in regression an error is a mean
squared error in squared units of the target (the mean over several targets), and a loss the same
with the targets standardised. Times are naive UTC as in Optuna's tables, seconds are wall-clock. A
number that is not finite is stored as NULL and read as ``None``.
"""
