"""For the office: the queue, differences, decisions, and the lists it works with."""
