"""What the desk shows beside the scene: pure functions from facts to Dash components."""
