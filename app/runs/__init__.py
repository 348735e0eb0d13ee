"""Training runs: what is trained, who may, how it goes on, and what is kept of it."""
