"""What a receipt says, its signature and its printed face."""
