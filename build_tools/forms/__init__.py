"""One layout, many faces: the official forms, blank or filled."""
