"""The handlers of shortcodes, one file for each kind; each ends with the tables of its handlers by name."""
