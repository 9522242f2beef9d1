"""TeX: find it in Markdown, number equations, adapt it to KaTeX, typeset it.

In: the text of a post. Out: Formulas with their labels and, from the engine (KaTeX or Temml in V8), HTML or MathML. May
import content/, config/ and core/.
"""
