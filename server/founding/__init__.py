"""A real town begins: a community with its places and people, out of two lists.

places   地点  plate, name, and where known kind, latin_name, grid, households, latitude, longitude
people   人    name, role, and where known phone and, for a steward, the plates of their places

A heading may be English or Chinese. All of both lists is taken, or nothing.
"""
