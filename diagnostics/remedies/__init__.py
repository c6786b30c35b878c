"""From findings to remedies: reasons, changes of the spec, gains, costs, objections."""
