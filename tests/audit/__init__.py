"""The sample blog measured by Lighthouse and read by the Nu Html Checker, as `make audit` does."""
