"""Pictures of known digits, and the score of what is read in them."""
