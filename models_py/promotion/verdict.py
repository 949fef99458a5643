"""The challenger before the model in production: which comparison is fair, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass

from models_py.fitting import Trained, Windows
from models_py.promotion.champion import champion_on_validation
from models_py.promotion.decision import (
    AS_DEPLOYED,
    Candidate,
    Decision,
    decide,
    refresh,
    succeed,
)
from models_py.promotion.deployed import evaluate_as_deployed
from models_py.promotion.registry import RegisteredVersion
from models_py.recipes.configuration import PromotionRule
from warehouse.errors import TrainingError
from warehouse.home import Home


@dataclass(frozen=True)
class Verdict:
    """What a comparison has come to.

    Attributes
    ----------
    decision : Decision or None
        None where the challenger is in production already.
    champion : Trained or None
        The recipe in production fitted as the challenger is; the challenger itself
        where it has that recipe; none where nothing is in production, or this
        code can no longer train it.
    winner : Trained or None
        To be fitted on everything and to serve; none: what is deployed stays.
    """

    decision: Decision | None
    champion: Trained | None
    winner: Trained | None


@dataclass(frozen=True)
class Arbiter:
    """Holds challengers against what is in production.

    Attributes
    ----------
    home : Home
    windows : Windows
    inputs : str
        Fingerprint of data, SQL and code.
    threads : int
    rule : PromotionRule
    """

    home: Home
    windows: Windows
    inputs: str
    threads: int
    rule: PromotionRule

    def judge(
        self,
        production: RegisteredVersion | None,
        challenger: Trained,
        contestants: Sequence[Trained],
    ) -> Verdict:
        """Hold the challenger against what is in production, on validation alone.

        Against the bundle as it is deployed where that has not seen the window,
        else against its recipe fitted again on the challenger's training data. A
        champion whose very recipe was refused stays as it is deployed; any other
        goes on with the data of today.
        """
        candidate = Candidate(challenger.model_version, challenger.validation)
        if production is None:
            return Verdict(decide(candidate, None, self.rule), None, challenger)
        champion, lost = self._champion(production, contestants)
        if production.model_version == challenger.model_version:
            return Verdict(None, champion, challenger)
        decision = self._decide(candidate, production, champion, lost)
        if decision.promoted:
            return Verdict(decision, champion, challenger)
        return Verdict(decision, champion, None if champion is challenger else champion)

    def _champion(
        self, production: RegisteredVersion, contestants: Sequence[Trained]
    ) -> tuple[Trained | None, str]:
        """Measure the recipe in production; where that cannot be done, say why."""
        window = self.windows.validation
        try:
            found = champion_on_validation(
                production, contestants, window, self.inputs, self.threads
            )
        except TrainingError as error:
            return None, error.message
        return found, ""

    def _decide(
        self,
        candidate: Candidate,
        production: RegisteredVersion,
        champion: Trained | None,
        lost: str,
    ) -> Decision:
        deployed = evaluate_as_deployed(
            self.home, production.model_version, self.windows.validation
        )
        if deployed is not None:
            standing = Candidate(production.model_version, deployed, AS_DEPLOYED)
            return decide(candidate, standing, self.rule)
        if champion is None:
            return succeed(candidate, production.model_version, lost, self.rule)
        if champion.model_version == candidate.model_version:
            return refresh(candidate, production.model_version, self.rule)
        standing = Candidate(champion.model_version, champion.validation)
        return decide(candidate, standing, self.rule)
