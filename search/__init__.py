"""What to try next: the spec, the space, the sampler and the orchestrator."""
