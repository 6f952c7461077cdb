"""Whether the service is well: the worker's heartbeat, what a monitor asks, figures, and what is tidied away."""
