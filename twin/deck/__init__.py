"""A layer and its rows → what the page draws: deck.gl JSON, binary columns, legend, tooltip. Pure."""
