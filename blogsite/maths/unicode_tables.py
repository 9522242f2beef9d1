"""Unicode for TeX: symbols, superscripts and subscripts, accents, alphabets. Names are without their backslash."""

from __future__ import annotations

from collections.abc import Mapping


def _names(text: str) -> list[str]:
    return text.split()


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


LETTERS: Mapping[str, str] = _pairs("""
    alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ varkappa ϰ
    lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ
    chi χ psi ψ omega ω digamma ϝ thetasym ϑ Alpha Α Beta Β Gamma Γ Delta Δ Epsilon Ε Zeta Ζ Eta Η Theta Θ Iota Ι
    Kappa Κ Lambda Λ Mu Μ Nu Ν Xi Ξ Omicron Ο Pi Π Rho Ρ Sigma Σ Tau Τ Upsilon Υ Phi Φ Chi Χ Psi Ψ Omega Ω infty ∞
    infin ∞ partial ∂ nabla ∇ forall ∀ exists ∃ exist ∃ nexists ∄ neg ¬ lnot ¬ aleph ℵ alef ℵ alefsym ℵ beth ℶ gimel ℷ
    daleth ℸ hbar ℏ hslash ℏ ell ℓ wp ℘ weierp ℘ Re ℜ real ℜ Im ℑ image ℑ imath ı jmath ȷ eth ð mho ℧ Finv Ⅎ Game ⅁
    Bbbk 𝕜 emptyset ∅ varnothing ∅ empty ∅ prime ′ backprime ‵ degree ° top ⊤ bot ⊥ angle ∠ measuredangle ∡
    sphericalangle ∢ triangle △ triangledown ▽ vartriangle △ square □ Box □ Diamond ◇ lozenge ◊ blacksquare ■ bigstar
    ★ blacktriangle ▲ blacktriangledown ▼ blacklozenge ⧫ clubsuit ♣ clubs ♣ diamondsuit ♦ diamonds ♦ heartsuit ♥
    hearts ♥ spadesuit ♠ spades ♠ flat ♭ natural ♮ sharp ♯ surd √ checkmark ✓ maltese ✠ complement ∁ copyright ©
    textcopyright © textregistered ® circledR ® circledS Ⓢ yen ¥ pounds £ mathsterling £ S § P ¶ AA Å sect § vdots ⋮
    varvdots ⋮ ddots ⋱ iddots ⋰ R ℝ N ℕ Z ℤ Q ℚ reals ℝ Reals ℝ natnums ℕ cnums ℂ Complex ℂ ulcorner ⌜ urcorner ⌝
    llcorner ⌞ lrcorner ⌟ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ langle ⟨ rangle ⟩ lang ⟨ rang ⟩ lgroup ⟮ rgroup ⟯
    lmoustache ⎰ rmoustache ⎱ llbracket ⟦ rrbracket ⟧ lBrace ⦃ rBrace ⦄ lparen ( rparen ) lbrack [ rbrack ] lbrace {
    rbrace } lvert | rvert | vert | lVert ‖ rVert ‖ Vert ‖ lt < gt > textless < textgreater > backslash ∖
    textbackslash ∖ textasciitilde ~ textasciicircum ^ textbar | textunderscore _ textdollar ＄ ordinarycolon :
    textquoteleft ‘ textquoteright ’ textquotedblleft “ textquotedblright ” textendash – textemdash — textdegree ° lq
    ‘ rq ’ ldotp . cdotp · bull • i ı o ø O Ø ae æ AE Æ oe œ OE Œ aa å ss ß KaTeX KaTeX LaTeX LaTeX TeX TeX
""")
"""What is written close to what follows: letters, delimiters, signs."""

OPERATORS: Mapping[str, str] = _pairs("""
    ldots … dots … dotsc … dotso … dotsx … dotsb ⋯ dotsm ⋯ dotsi ⋯ cdots ⋯ hdots … mathellipsis … textellipsis … pm ±
    plusmn ± mp ∓ times × div ÷ cdot · centerdot · sdot · ast ∗ star ⋆ circ ∘ bullet • cap ∩ cup ∪ uplus ⊎ sqcap ⊓
    sqcup ⊔ vee ∨ lor ∨ wedge ∧ land ∧ setminus ∖ smallsetminus ∖ wr ≀ amalg ⨿ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot
    ⊙ bigcirc ◯ dagger † dag † ddagger ‡ ddag ‡ Dagger ‡ diamond ⋄ triangleleft ◁ triangleright ▷ bigtriangleup △
    bigtriangledown ▽ lhd ⊲ rhd ⊳ unlhd ⊴ unrhd ⊵ ltimes ⋉ rtimes ⋊ Join ⋈ bowtie ⋈ boxplus ⊞ boxminus ⊟ boxtimes ⊠
    boxdot ⊡ circledast ⊛ circledcirc ⊚ circleddash ⊝ barwedge ⊼ veebar ⊻ doublebarwedge ⩞ curlyvee ⋎ curlywedge ⋏ Cap
    ⋒ Cup ⋓ doublecap ⋒ doublecup ⋓ dotplus ∔ divideontimes ⋇ intercal ⊺ leftthreetimes ⋋ rightthreetimes ⋌ minuso ⊖
    le ≤ leq ≤ leqslant ≤ leqq ≤ ge ≥ geq ≥ geqslant ≥ geqq ≥ ne ≠ neq ≠ ll ≪ gg ≫ lll ⋘ llless ⋘ ggg ⋙ gggtr ⋙ equiv
    ≡ sim ∼ thicksim ∼ simeq ≃ approx ≈ thickapprox ≈ approxeq ≊ cong ≅ ncong ≇ asymp ≍ doteq ≐ Doteq ≑ doteqdot ≑
    propto ∝ varpropto ∝ eqsim ≂ prec ≺ succ ≻ preceq ⪯ succeq ⪰ preccurlyeq ≼ succcurlyeq ≽ precsim ≾ succsim ≿
    precapprox ⪷ succapprox ⪸ curlyeqprec ⋞ curlyeqsucc ⋟ precnsim ⋨ succnsim ⋩ precneqq ⪵ succneqq ⪶ precnapprox ⪹
    succnapprox ⪺ lesssim ≲ gtrsim ≳ lessapprox ⪅ gtrapprox ⪆ lessgtr ≶ gtrless ≷ lesseqgtr ⋚ gtreqless ⋛ lesseqqgtr ⋚
    gtreqqless ⋛ lessdot ⋖ gtrdot ⋗ eqslantless ⪕ eqslantgtr ⪖ lneq ⪇ gneq ⪈ lneqq ≨ gneqq ≩ lvertneqq ≨ gvertneqq ≩
    lnsim ⋦ gnsim ⋧ lnapprox ⪉ gnapprox ⪊ in ∈ isin ∈ ni ∋ owns ∋ notin ∉ notni ∌ subset ⊂ sub ⊂ supset ⊃ subseteq ⊆
    sube ⊆ subseteqq ⊆ supseteq ⊇ supe ⊇ supseteqq ⊇ subsetneq ⊊ subsetneqq ⊊ varsubsetneq ⊊ varsubsetneqq ⊊ supsetneq
    ⊋ supsetneqq ⊋ varsupsetneq ⊋ varsupsetneqq ⊋ Subset ⋐ Supset ⋑ sqsubset ⊏ sqsupset ⊐ sqsubseteq ⊑ sqsupseteq ⊒
    mid | shortmid | parallel ∥ shortparallel ∥ perp ⊥ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ Vdash ⊩ Vvdash ⊪ smile ⌣ frown
    ⌢ smallsmile ⌣ smallfrown ⌢ pitchfork ⋔ between ≬ multimap ⊸ therefore ∴ because ∵ triangleq ≜ circeq ≗ bumpeq ≏
    Bumpeq ≎ eqcirc ≖ risingdotseq ≓ fallingdotseq ≒ backsim ∽ backsimeq ⋍ backepsilon ϶ coloneqq ≔ coloneq ≔
    colonequals ≔ Coloneqq ⩴ coloncolonequals ⩴ eqqcolon ≕ equalscolon ≕ vcentcolon : ratio ∶ dblcolon ∷ coloncolon ∷
    colonapprox :≈ colonsim :∼ trianglelefteq ⊴ trianglerighteq ⊵ vartriangleleft ⊲ vartriangleright ⊳
    blacktriangleleft ◀ blacktriangleright ▶ to → rightarrow → rarr → gets ← leftarrow ← larr ← leftrightarrow ↔ harr
    ↔ lrarr ↔ Rightarrow ⇒ rArr ⇒ Rarr ⇒ Leftarrow ⇐ lArr ⇐ Larr ⇐ Leftrightarrow ⇔ hArr ⇔ Harr ⇔ lrArr ⇔ Lrarr ⇔
    implies ⟹ impliedby ⟸ iff ⟺ mapsto ↦ mapsfrom ↤ longmapsto ⟼ longrightarrow ⟶ longleftarrow ⟵ longleftrightarrow ⟷
    Longrightarrow ⟹ Longleftarrow ⟸ Longleftrightarrow ⟺ uparrow ↑ uarr ↑ downarrow ↓ darr ↓ updownarrow ↕ Uparrow ⇑
    Uarr ⇑ uArr ⇑ Downarrow ⇓ Darr ⇓ dArr ⇓ Updownarrow ⇕ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ hookrightarrow ↪
    hookleftarrow ↩ rightharpoonup ⇀ rightharpoondown ⇁ leftharpoonup ↼ leftharpoondown ↽ rightleftharpoons ⇌
    leftrightharpoons ⇋ rightleftarrows ⇄ leftrightarrows ⇆ rightrightarrows ⇉ leftleftarrows ⇇ upuparrows ⇈
    downdownarrows ⇊ twoheadrightarrow ↠ twoheadleftarrow ↞ rightarrowtail ↣ leftarrowtail ↢ rightsquigarrow ⇝ leadsto
    ⇝ leftrightsquigarrow ↭ curvearrowleft ↶ curvearrowright ↷ circlearrowleft ↺ circlearrowright ↻ looparrowleft ↫
    looparrowright ↬ dashrightarrow ⇢ dashleftarrow ⇠ Lsh ↰ Rsh ↱ restriction ↾ upharpoonright ↾ upharpoonleft ↿
    downharpoonright ⇂ downharpoonleft ⇃ Rrightarrow ⇛ Lleftarrow ⇚ longequal = tofrom ⇄ rightequilibrium ⇌
    leftequilibrium ⇋ diagup ╱ diagdown ╲ slash / colon : And &
""")
"""What has space on both sides or on neither: relations, binary operators, arrows."""

LARGE: Mapping[str, str] = _pairs("""
    sum ∑ prod ∏ coprod ∐ int ∫ intop ∫ smallint ∫ iint ∬ iiint ∭ iiiint ⨌ oint ∮ oiint ∯ oiiint ∰ bigcap ⋂ bigcup ⋃
    bigsqcup ⨆ bigvee ⋁ bigwedge ⋀ bigodot ⨀ bigoplus ⨁ bigotimes ⨂ biguplus ⨄
""")

WORDS: Mapping[str, str] = {name: name for name in _names("""
    arccos arcsin arctan arctg arcctg arg argmax argmin ch cos cosec cosh cot cotg coth csc ctg cth deg det dim exp
    gcd hom inf ker lg lim ln log max min mod plim sec sh sin sinh sup tan tanh tg th Pr
""")} | {
    "limsup": "lim sup", "liminf": "lim inf", "injlim": "inj lim", "projlim": "proj lim", "bmod": "mod",
    "varlimsup": "lim sup", "varliminf": "lim inf", "varinjlim": "inj lim", "varprojlim": "proj lim",
}  # fmt: skip
"""Functions, which are apart from letters on both sides."""

SPACES = frozenset(
    (
        " ",
        "\n",
        "\t",
        *_names(", : ; > ~ quad qquad enspace enskip space thinspace medspace thickspace nobreakspace hfill par"),
    )
)

ACCENTS: Mapping[str, str] = _pairs("""
    hat \u0302 widehat \u0302 ^ \u0302 tilde \u0303 widetilde \u0303 utilde \u0303 bar \u0304 = \u0304 overline \u0305
    overbar \u0305 underline \u0332 underbar \u0332 vec \u20d7 overrightarrow \u20d7 Overrightarrow \u20d7
    overrightharpoon \u20d7 overleftarrow \u20d6 overleftharpoon \u20d6 overleftrightarrow \u20e1 check \u030c
    widecheck \u030c v \u030c dot \u0307 . \u0307 ddot \u0308 dddot \u20db ddddot \u20dc mathring \u030a r \u030a
    acute \u0301 ' \u0301 grave \u0300 ` \u0300 breve \u0306 u \u0306 H \u030b c \u0327
""") | {'"': "\u0308"}
OVER_EACH: frozenset[str] = frozenset("\u0305\u0332")
"""Lines, which are over or under each letter."""

SUPERSCRIPTS: Mapping[int, int] = str.maketrans(
    "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθϕφχ′″‴",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵠᵠᵡ′″‴",
)
SUBSCRIPTS: Mapping[int, int] = str.maketrans(
    "0123456789+-=()aehijklmnoprstuvxβγρϕφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵩᵪ"
)
RAISED: Mapping[str, str] = {"∘": "°", "⊤": "ᵀ", "⊺": "ᵀ", "†": "†", "‡": "‡", "∗": "*", "*": "*", "°": "°"}
"""Superscripts that are written on the line, or as another sign."""

_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DOUBLE_STRUCK = str.maketrans(_LATIN + "0123456789", "𝔸𝔹ℂ𝔻𝔼𝔽𝔾ℍ𝕀𝕁𝕂𝕃𝕄ℕ𝕆ℙℚℝ𝕊𝕋𝕌𝕍𝕎𝕏𝕐ℤ𝕒𝕓𝕔𝕕𝕖𝕗𝕘𝕙𝕚𝕛𝕜𝕝𝕞𝕟𝕠𝕡𝕢𝕣𝕤𝕥𝕦𝕧𝕨𝕩𝕪𝕫𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡")
_SCRIPT = str.maketrans(_LATIN, "𝒜ℬ𝒞𝒟ℰℱ𝒢ℋℐ𝒥𝒦ℒℳ𝒩𝒪𝒫𝒬ℛ𝒮𝒯𝒰𝒱𝒲𝒳𝒴𝒵𝒶𝒷𝒸𝒹ℯ𝒻ℊ𝒽𝒾𝒿𝓀𝓁𝓂𝓃ℴ𝓅𝓆𝓇𝓈𝓉𝓊𝓋𝓌𝓍𝓎𝓏")
_FRAKTUR = str.maketrans(_LATIN, "𝔄𝔅ℭ𝔇𝔈𝔉𝔊ℌℑ𝔍𝔎𝔏𝔐𝔑𝔒𝔓𝔔ℜ𝔖𝔗𝔘𝔙𝔚𝔛𝔜ℨ𝔞𝔟𝔠𝔡𝔢𝔣𝔤𝔥𝔦𝔧𝔨𝔩𝔪𝔫𝔬𝔭𝔮𝔯𝔰𝔱𝔲𝔳𝔴𝔵𝔶𝔷")
ALPHABETS: Mapping[str, Mapping[int, int]] = {
    **dict.fromkeys(("mathbb", "Bbb", "mathbbm", "mathds", "symbb"), _DOUBLE_STRUCK),
    **dict.fromkeys(("mathcal", "cal", "mathscr", "scr", "symcal", "symscr"), _SCRIPT),
    **dict.fromkeys(("mathfrak", "frak", "symfrak"), _FRAKTUR),
}

ENVIRONMENTS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(_names("matrix smallmatrix array subarray"), ("", "")),
    **dict.fromkeys(_names("Bmatrix cases dcases rcases drcases numcases"), ("{", "}")),
    "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "vmatrix": ("|", "|"), "Vmatrix": ("‖", "‖"),
}  # fmt: skip
"""Environments whose cells are apart by commas, and what is around them."""

DROPPED = frozenset(
    _names("""
    limits nolimits displaylimits displaystyle textstyle scriptstyle scriptscriptstyle tiny small normalsize large
    Large LARGE huge Huge scriptsize footnotesize sixptsize rm bf it sf tt sl em mit boldmath unboldmath mathbf
    boldsymbol bm pmb bold symbf mathnormal mathord mathopen mathclose mathpunct mathinner mathclap mathllap mathrlap
    clap llap rlap smash boxed cancel bcancel xcancel sout angl phase overbrace underbrace overbracket underbracket
    overgroup undergroup overparen underparen wideparen overlinesegment underlinesegment vcenter mathstrut strut
    nonumber notag allowbreak nobreak relax protect leavevmode begingroup endgroup bgroup egroup hline hdashline
    noexpand expandafter global long negthinspace negmedspace negthickspace DOTSB DOTSI DOTSX verb char ensuremath
    reflectbox mathreflectbox uproot leftroot shoveleft shoveright red green blue gray orange purple pink tripledash
    hfil
""")
)
"""Commands that only change how their argument looks, or nothing."""
