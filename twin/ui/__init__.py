"""The pages: the wall and the desk, what they ask of the server, and the server itself."""
