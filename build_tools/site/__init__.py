"""Publishing: what one audience may see, as pages, and two thin adapters that write them."""
