"""Doors in: what arrives from devices, residents and files, decoded and checked."""
