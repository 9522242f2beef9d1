"""Words, sentences, formulas and code from which corpus.py makes posts."""

from __future__ import annotations

from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NOUNS = _words("""
    模型 概率 分布 矩阵 向量 空间 函数 梯度 熵 极限 序列 样本 噪声 误差 参数 方程 定理 证明 结论 估计 距离 变换 核 流形
    算法 优化 约束 测度 期望 方差 采样 编码 注意力 权重 学习率 收敛 上界 下界 特征 投影 基底 维数 先验 后验 似然 图像
""")
VERBS = _words("考虑 证明 推导 估计 计算 分析 得到 比较 定义 假设 优化 理解 改写 近似 观察 检验 讨论 引入 展开 替换")
LINKS = _words("于是 因此 另一方面 事实上 注意到 一般来说 换句话说 直观地看 不难发现 进一步 反过来 同样地 最后")
TERMS = _words("""
    model entropy gradient matrix kernel tensor prior posterior sampling attention diffusion token noise basis norm
    projection estimate variance bias schedule convergence theorem lemma bound density encoder decoder likelihood
    inference transport latent eigenvalue manifold measure limit sequence operator spectrum margin prime
""")
GLUE = _words("the of a is with for under and we then in each this that which to from by every almost")
CATEGORIES = ("mathematics", "learning", "physics", "programming", "life")
TAGS = TERMS[:40]

LATIN = "abcdefhklmnpqrstuvwxyz"
GREEK = _words("alpha beta gamma delta theta lambda mu rho sigma phi psi omega")
COMMON = _words(r"x n \theta t p(x) \mathbb{R}^n x_t \varepsilon k q(z|x) \sigma^2 n\to\infty")
"""Formulas that stand in many posts."""
SHAPES = (
    "{}",
    "{}_i",
    "{}_{{t-1}}",
    "{}^{{(k)}}",
    r"\tilde{{{}}}",
    r"\hat{{{}}}",
    r"{}^{{\top}}",
    "{}_{{{number}}}",
)
"""What may hang on a letter."""

LISTINGS = (
    (
        "python",
        '''import numpy as np


def softmax(scores, axis=-1):
    """Rows that sum to one, without overflow."""
    shifted = scores - scores.max(axis=axis, keepdims=True)
    powers = np.exp(shifted)
    return powers / powers.sum(axis=axis, keepdims=True)


class Attention:
    def __init__(self, heads: int = NUMBER, size: int = 64) -> None:
        self.heads, self.size = heads, size  # as in the paper

    def __call__(self, query, key, value, mask=None):
        scores = np.einsum("bjhd,bkhd->bhjk", query, key) / self.size**0.5
        if mask is not None:
            scores = np.where(mask, scores, -1e12)
        return np.einsum("bhjk,bkhd->bjhd", softmax(scores), value)
''',
    ),
    (
        "python",
        """from random import Random


def walk(steps: int = NUMBER, seed: int = 7) -> list[float]:
    random, place, path = Random(seed), 0.0, []
    for step in range(steps):
        place += random.gauss(0, 1) / (step + 1) ** 0.5
        path.append(place)  # the whole path, not its end alone
    return path


paths = [walk(seed=seed) for seed in range(1000)]
mean = sum(path[-1] for path in paths) / len(paths)
print(f"the mean of the ends is {mean:.4f}")
assert abs(mean) < 0.5, "the walk has a drift"
""",
    ),
    (
        "cpp",
        """#include <cmath>
#include <vector>

// Power iteration: the largest eigenvalue of a symmetric matrix.
double largest(const std::vector<std::vector<double>>& a, int rounds = NUMBER) {
    std::vector<double> v(a.size(), 1.0);
    double norm = 0;
    for (int round = 0; round < rounds; ++round) {
        std::vector<double> w(a.size(), 0.0);
        for (size_t i = 0; i < a.size(); ++i)
            for (size_t j = 0; j < a.size(); ++j) w[i] += a[i][j] * v[j];
        norm = 0;
        for (double x : w) norm += x * x;
        norm = std::sqrt(norm);
        for (size_t i = 0; i < a.size(); ++i) v[i] = w[i] / norm;
    }
    return norm;
}
""",
    ),
)


def term(r: Random) -> str:
    """An English word of the trade."""
    return r.choice(TERMS)


def phrase(r: Random) -> str:
    """A few Chinese words, fit for a title."""
    return f"{r.choice(NOUNS)}的{r.choice(NOUNS)}与{r.choice(NOUNS)}"


def chinese(r: Random, clauses: int) -> str:
    """A Chinese sentence of so many clauses."""
    made = []
    for _ in range(clauses):
        start = r.choice(LINKS) if r.random() < 0.4 else "我们"
        made.append(f"{start}{r.choice(VERBS)}{r.choice(NOUNS)}的{r.choice(NOUNS)}，{r.choice(VERBS)}{r.choice(NOUNS)}")
    return "，".join(made) + "。"


def english(r: Random, count: int) -> str:
    """An English sentence of so many words."""
    words = [r.choice(TERMS if index % 2 else GLUE) for index in range(count)]
    return " ".join(words).capitalize() + "."


def symbol(r: Random) -> str:
    """A variable with what hangs on it: rarely the same twice."""
    bold, script = rf"\boldsymbol{{{r.choice(LATIN)}}}", rf"\mathcal{{{r.choice('LHNFG')}}}"
    letter = r.choice((r.choice(LATIN), f"\\{r.choice(GREEK)}", bold, script))
    return r.choice(SHAPES).format(letter, number=r.randint(1, 99))


def inline(r: Random) -> str:
    """A formula within a line."""
    if r.random() < 0.25:
        return r.choice(COMMON)
    a, b, c = symbol(r), symbol(r), symbol(r)
    return r.choice(
        (
            f"p({a}|{b})",
            rf"{a}\in\mathbb{{R}}^{{n\times d}}",
            rf"\mathcal{{O}}({r.choice(LATIN)}^{r.randint(2, 9)}\log {r.choice(LATIN)})",
            rf"\|{a}-{b}\|_2",
            rf"\nabla_\theta {a}",
            rf"{a}=\frac{{{b}}}{{{c}}}",
            a,
            f"{a}+{b}",
            rf"\sqrt{{{a} {b}}}\leq {c}",
        )
    )


def display(r: Random) -> str:
    """A formula on a line of its own, without number."""
    a, b, c, d = (symbol(r) for _ in range(4))
    return r.choice(
        (
            rf"H=-\sum_{{{a}}} p({b})\log p({c})",
            rf"\int {a}\,\log\frac{{p({b})}}{{q({c})}}\,d{{{d}}}\geq 0",
            rf"\text{{Attention}}({a},{b},{c})=\text{{softmax}}\left(\frac{{{{{a}}}{{{b}}}}}{{\sqrt{{{d}}}}}\right){c}",
            rf"\begin{{aligned}}\frac{{\partial {a}}}{{\partial {b}}}&=\sum_{{i=1}}^n"
            rf"\frac{{\partial {c}}}{{\partial {d}}}\\&=\boldsymbol{{J}}^{{\top}}{d}\end{{aligned}}",
            rf"f({a})=\begin{{cases}}{{{b}}}^2,&{a}\geq 0\\-{c},&{d}<0\end{{cases}}",
            rf"\begin{{pmatrix}}{a}&{b}\\{c}&{d}\end{{pmatrix}}^{{-1}}="
            rf"\frac{{1}}{{{{{a}}}{{{d}}}-{{{b}}}{{{c}}}}}\begin{{pmatrix}}{d}&-{b}\\-{c}&{a}\end{{pmatrix}}",
        )
    )
