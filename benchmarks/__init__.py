"""Measure hotfix beside the tools that people use today, on this machine."""
