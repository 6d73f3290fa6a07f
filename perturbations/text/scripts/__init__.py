"""Noise of one script: what goes wrong in Chinese, Korean, Japanese, and in the marks of many scripts."""
