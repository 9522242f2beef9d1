"""Code: what authors write behind a fence, the names of languages, and highlighting by Pygments."""
