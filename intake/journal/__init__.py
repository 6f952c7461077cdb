"""What was received, in the order it was received: durable before anybody is told."""
