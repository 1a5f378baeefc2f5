"""Measurements: ``make bench`` prints them as ratios of one run, so that machines compare."""
