"""Faults at full size, with real processes: `./steward torture`. Not part of the daily run."""
