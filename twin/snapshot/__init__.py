"""The twin frozen at an instant, as one file that leaves the room: made, packed, and verified without us."""
