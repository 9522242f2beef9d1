"""Commands of MathJax that are macros for KaTeX, and commands that no formula may use."""

from __future__ import annotations

from collections.abc import Mapping

ENGINE_MACROS: Mapping[str, str] = {
    r"\mbox": r"\text{#1}",
    r"\mit": r"\mathit",
    r"\part": r"\partial",
    r"\slash": r"/",
    r"\boldmath": "",
    r"\unboldmath": "",
    r"\nonumber": "",
    r"\notag": "",
    r"\symbf": r"\boldsymbol{#1}",
    r"\symbb": r"\mathbb{#1}",
    r"\symcal": r"\mathcal{#1}",
    r"\symscr": r"\mathscr{#1}",
    r"\symfrak": r"\mathfrak{#1}",
    r"\symrm": r"\mathrm{#1}",
    r"\symit": r"\mathit{#1}",
    r"\symsf": r"\mathsf{#1}",
    r"\bold": r"\mathbf{#1}",
    r"\shoveleft": "#1",
    r"\shoveright": "#1",
    r"\textup": r"\textrm{#1}",
    r"\textsc": r"\textrm{#1}",
    r"\ensuremath": "#1",
    r"\mathds": r"\mathbb{#1}",
    r"\mathbbm": r"\mathbb{#1}",
    r"\strut": r"\vphantom{(}",
    r"\space": r"\ ",
    r"\hfil": r"\quad",
    r"\hfill": r"\qquad",
    r"\displaylimits": "",
    r"\allowbreak": "",
    r"\protect": "",
    r"\leavevmode": "",
    r"\-": "-",
    r"\*": "*",
    r"\scr": r"\mathscr",
    r"\hdots": r"\ldots",
    r"\textunderscore": r"\_",
    r"\overparen": r"\overgroup{#1}",
    r"\wideparen": r"\overgroup{#1}",
    r"\slashed": r"\cancel{#1}",
    r"\intertext": r"\text{#1}",
    r"\shortintertext": r"\text{#1}",
    r"\textdegree": "°",
    r"\textmu": "µ",
    r"\textohm": r"\text{Ω}",
    r"\texteuro": r"\text{€}",
    r"\textbullet": r"\text{•}",
    r"\textperthousand": r"\text{‰}",
    r"\textcelsius": r"\text{°C}",
    r"\celsius": r"\text{°C}",
    r"\perthousand": r"\text{‰}",
    r"\ohm": r"\Omega",
    r"\micro": r"\text{µ}",
    r"\sideset": r"\mathop{{\vphantom{#3}}#1#3\nolimits#2}",
}
"""Macros that every formula may use. A definition of the author wins."""

TEMML_MACROS: Mapping[str, str] = {
    r"\set": r"\{\,#1\,\}",
    r"\Set": r"\left\{\:#1\:\right\}",
    r"\Braket": r"\left\langle #1\right\rangle",
    r"\textcopyright": r"\text{©}",
    r"\textregistered": r"\text{®}",
    r"\approxcolon": r"\approx\vcentcolon",
    r"\simcolon": r"\sim\vcentcolon",
    r"\mathreflectbox": "#1",
    **{
        f"\\{colour}": f"\\textcolor{{{colour}}}{{#1}}"
        for colour in ("red", "green", "blue", "gray", "orange", "purple", "pink")
    },
}
"""Commands of KaTeX that are macros for Temml."""

LINKING = frozenset((r"\href", r"\url", r"\includegraphics", r"\htmlClass", r"\htmlId", r"\htmlStyle", r"\htmlData"))
"""Commands that are refused because they could load anything into a page."""
