"""What the twin shows: one file a map layer, declarations only.

To add one, copy a neighbour, rename it (the file's name is the layer's id, for ever), change what it asks and
how it is drawn, restart. Nothing else: catalog, toggle, legend, tooltip, age and tests find it by themselves.
On the wall it shows nothing until `shows` says what. `twin check` holds it against the rules.
"""
