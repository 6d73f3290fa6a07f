"""Slips of the hands at a keyboard."""
