"""HTML as text: balance it, cut it at a break, and turn it into plain text or into HTML for feeds."""
