"""A throw-away bench; which version of the app is on it, a test says."""

from __future__ import annotations

from bench_fixtures import bench, installed_dump, prepared_dump

__all__ = ["bench", "installed_dump", "prepared_dump"]
