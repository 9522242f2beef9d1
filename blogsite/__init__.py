"""A static blog generator for people who write about science, in Chinese and in English."""

__version__ = "0.1.0"
