"""Lighthouse and the Nu Html Checker on the sample blog, run by `make audit`."""
