"""Measurements, never judged by a test: `make bench` prints them."""
