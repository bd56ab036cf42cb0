"""Backups: a copy of everything that can be brought back, proved by bringing it back.

A backup 备份 is one sealed file: the rows, the photos they speak of, the secret, and a manifest
清单 of what all of it must hash to. A restore 恢复 refuses what is not whole and begins a new
epoch, so that phones notice and send again what the server has forgotten.
"""
