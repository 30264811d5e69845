"""The names by which the desk's page, its one callback and its scripts know each other."""

URL = "desk-url"
BELL = "desk-bell"  # set by main-desk.js with the seq of a change to what is open
ANSWERED = "desk-answered"  # says which link and bell the page now shows
SHOWN = "desk-shown"  # digests of what the page already shows, so that only what changed is sent

SCENE = "scene"
LAYERS = "layers"
TOP = "desk-top"
TAIL = "desk-tail"
NOTICE = "desk-notice"
LEFT = "desk-left"
RIGHT = "desk-right"
