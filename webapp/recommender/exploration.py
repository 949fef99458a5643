"""Showing, now and then and with known probability, what does not rank best.

A log of a deterministic policy says nothing about movies that it would not have
shown. With exploration every one of the best N has a chance at every place, and
the propensity of what was shown, the probability of this movie at this place
given the places before it, is exact. So the value of another policy, the greedy
one for instance, can be estimated from the log.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from warehouse.bundle.components import Array
from webapp.recommender.answers import Recommendations
from webapp.recommender.questions import RecommendQuestion


class Policy(Protocol):
    """How places are filled, one after the other, from candidates that stand best first."""

    def draw(
        self, scores: Array, places: int, generator: np.random.Generator
    ) -> tuple[list[int], list[float]]:
        """Draw candidates without repetition.

        Parameters
        ----------
        scores : float64 array (n,)
            Of the candidates, descending; may be empty.
        places : int
            At most n.
        generator : numpy Generator

        Returns
        -------
        tuple of list of int and list of float
            Candidate of each place, and its probability there, given the places before it.
        """
        ...


@dataclass(frozen=True, slots=True)
class EpsilonGreedy:
    """The best that is left, but with probability `rate` any that is left, all alike.

    Attributes
    ----------
    rate : float
        From 0 to 1.
    """

    rate: float

    def draw(
        self, scores: Array, places: int, generator: np.random.Generator
    ) -> tuple[list[int], list[float]]:
        """See `Policy.draw`."""
        left = list(range(len(scores)))
        counts = np.arange(len(left), len(left) - places, -1)
        explores = generator.random(places) < self.rate
        picks = np.where(explores, generator.integers(counts), 0).tolist()
        chances = self.rate / counts
        propensities = np.where(np.equal(picks, 0), 1 - self.rate + chances, chances)
        return [left.pop(pick) for pick in picks], propensities.tolist()


@dataclass(frozen=True, slots=True)
class Softmax:
    """In proportion to ``exp(score / (temperature * s))``, `s` the scores' standard deviation.

    Drawn without replacement, which is the model of Plackett (1975) and Luce
    (1959); with Gumbel noise on the exponents one sort draws all places at once.

    Attributes
    ----------
    temperature : float
        Above 0; the lower, the greedier.
    """

    temperature: float

    def draw(
        self, scores: Array, places: int, generator: np.random.Generator
    ) -> tuple[list[int], list[float]]:
        """See `Policy.draw`."""
        spread = float(scores.std()) if len(scores) else 0.0
        exponents = (scores - scores.max(initial=-np.inf)) / (self.temperature * (spread or 1.0))
        order = (-(exponents + generator.gumbel(size=len(scores)))).argsort(kind="stable")
        drawn = exponents[order]
        # Logarithm of the sum over what is left at each place; sums of tiny weights keep digits.
        left = np.logaddexp.accumulate(drawn[::-1])[::-1]
        return order[:places].tolist(), np.exp(drawn - left)[:places].tolist()


@dataclass(frozen=True, slots=True)
class Explored:
    """An answer that a draw decided.

    Attributes
    ----------
    shown : Recommendations
        In the order drawn.
    propensities : list of float
        Of each movie at its place, given the places before it.
    greedy : list of int
        Movies that would have been shown without exploration.
    """

    shown: Recommendations
    propensities: list[float]
    greedy: list[int]


class Explorer:
    """Fills the places of an answer by a policy, from the best `depth` movies.

    Places beyond these hold the movies that rank there, with probability 1.

    Parameters
    ----------
    policy : Policy
    depth : int
        At least 1.
    generator : numpy Generator, optional
        Seeded by the system's entropy where none is given, so it belongs to one process.
    """

    def __init__(
        self, policy: Policy, depth: int, generator: np.random.Generator | None = None
    ) -> None:
        self._policy, self._depth = policy, depth
        self._generator = generator or np.random.default_rng()

    def widened(self, question: RecommendQuestion) -> RecommendQuestion:
        """Question whose greedy answer holds all candidates."""
        return replace(question, k=max(question.k, self._depth))

    def choose(self, found: Recommendations, k: int) -> Explored:
        """Draw an answer of up to `k` movies from that to the widened question."""
        places = min(k, len(found.movie_ids))
        candidates = np.array(found.scores[: self._depth], dtype=np.float64)
        drawn, propensities = self._policy.draw(
            candidates, min(places, len(candidates)), self._generator
        )
        rest = range(len(drawn), places)
        order = [*drawn, *rest]
        shown = replace(
            found,
            movie_ids=[found.movie_ids[number] for number in order],
            scores=[found.scores[number] for number in order],
            exhausted=len(order) < k,
            _fragments=[found._fragments[number] for number in order],
            _texts=[found._texts[number] for number in order],
        )
        return Explored(shown, [*propensities, *(1.0 for _ in rest)], found.movie_ids[:k])
