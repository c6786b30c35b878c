"""Trials on their way into lanes, proposed and launched beside training."""

import contextlib
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import NamedTuple

from ..datasets.wording import counted
from ..storage.errors import NumberTaken
from ..storage.records.study import StudyCounts
from ..storage.records.trials import LaunchedTrial, Proposal
from .sampler import TPE_ROUND, history_of, propose_random, propose_tpe, round_start
from .space import searched
from .study_start import OpenStudy
from .writer import ResultWriter

PAUSE = 1.0  # seconds: when there were no trials, how soon the database is asked again
AHEAD = 0.5  # seconds: where trials end quickly, those for so long are launched together


class Obtained(NamedTuple):
    """What the database gave."""

    trials: tuple[LaunchedTrial, ...]
    counts: StudyCounts | None  # None where they were not looked at
    others: int = 0  # other workers' trials that the next ones are proposed from


class Supply:
    """Launches trials of a study in the database's thread, a little before they are needed."""

    def __init__(
        self,
        study: OpenStudy,
        worker_id: int,
        thread: Executor,
        writer: ResultWriter,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask for nothing yet.

        Args:
            study: whose trials are launched.
            worker_id: the worker that holds them.
            thread: that talks to the database.
            writer: of the results that a sampler looks back at.
            clock: in seconds.
        """
        self._study = study
        self._store = study.store
        self._worker_id = worker_id
        self._thread = thread
        self._writer = writer
        self._clock = clock
        self._space = searched(study.spec.search)
        self._looks_back = study.spec.search.sampler != "random"
        self._cut_short = True  # there may be trials that an earlier run did not end
        self._asked: Future[Obtained] | None = None
        self._dry_until = 0.0
        self._began = self._clock()
        self._obtained = 0  # trials, so far
        self.waiting: deque[LaunchedTrial] = deque()  # launched, by number
        self.counts: StudyCounts | None = None  # how the study stood when last looked at
        self.others = 0  # trials of other workers that must end before there are more to train

    def ask(self, wanted: int, *, idle: bool) -> None:
        """Begin to launch trials unless ``wanted`` are waiting or being launched; returns at once.

        Args:
            wanted: how many shall be waiting.
            idle: nothing is being trained.

        Raises:
            StorageError: results that a sampler looks back at could not be recorded.
        """
        missing = wanted - len(self.waiting)
        dry = self._clock() < self._dry_until and not idle
        if missing > 0 and self._asked is None and not dry:
            idle = idle and not self.waiting
            if idle and self._looks_back:
                self._writer.finish()
            soon = AHEAD * self._obtained / max(1.0, self._clock() - self._began)
            self._asked = self._thread.submit(self._obtain, max(missing, round(soon)), idle)

    def wait(self, wanted: int, *, idle: bool) -> None:
        """Have ``wanted`` trials waiting, or as many as there are.

        Where there were none a moment ago it does not wait to hear so again, unless ``idle``.

        Raises:
            StorageError: the database failed.
        """
        if len(self.waiting) >= wanted:
            return
        self._take(patient=idle or self._clock() >= self._dry_until)
        if len(self.waiting) < wanted:  # what was under way may have been asked for less
            self.ask(wanted, idle=idle)
            self._take(patient=idle or self._clock() >= self._dry_until)

    def waits_for(self) -> str:
        """What is said where ``others`` train what the next trials are proposed from."""
        return (
            f"Waiting for {counted(self.others, 'trial')} that another process trains: TPE "
            "proposes a trial from all of the rounds of eight before its own."
        )

    def close(self) -> tuple[LaunchedTrial, ...]:
        """Ask for no more; the trials launched that nobody has taken."""
        if self._asked and not self._asked.cancel() and self._asked.exception() is None:
            self.waiting.extend(self._asked.result().trials)
        self._asked = None
        return tuple(self.waiting)

    def _take(self, *, patient: bool) -> None:
        if self._asked is None or not (patient or self._asked.done()):
            return
        asked, self._asked = self._asked, None
        trials, counts, others = asked.result()
        self.waiting.extend(trials)
        self._obtained += len(trials)
        self.counts = counts or self.counts
        self.others = others
        self._dry_until = 0.0 if trials else self._clock() + PAUSE

    def _obtain(self, limit: int, idle: bool) -> Obtained:
        """At most ``limit`` trials that were cut short; when there are none, new ones."""
        if self._cut_short and (reclaimed := self._reclaim(limit)):
            return Obtained(reclaimed, None)
        self._cut_short = False
        obtained = self._launch(limit, idle)
        # At the end others' trials are worth a look: their workers may have died meanwhile.
        if obtained.trials or not (reclaimed := self._reclaim(limit)):
            return obtained
        return Obtained(reclaimed, obtained.counts)

    def _reclaim(self, limit: int) -> tuple[LaunchedTrial, ...]:
        return self._store.reclaim(self._study.study_id, self._worker_id, limit)

    def _launch(self, limit: int, idle: bool) -> Obtained:
        study_id = self._study.study_id
        while True:
            # Before the counts: what another worker launches in between makes ours a NumberTaken.
            first = self._store.next_number(study_id)
            counts = self._store.counts(study_id)
            ours = counts.total - counts.failed - counts.foreign
            size = min(limit, self._study.spec.study.trials - ours)
            if size <= 0:
                return Obtained((), counts)
            if self._looks_back and first == round_start(first):
                # A round is proposed from all trials before it, so that lanes, workers and timing
                # change nothing: those in our lanes must have ended, and those of others, too.
                others = self._store.held(study_id) if idle else 0
                if others or not idle:
                    return Obtained((), counts, others)
            proposals = self._propose(first, size)
            with contextlib.suppress(NumberTaken):  # another worker was faster: read again
                launched = self._store.launch(study_id, self._worker_id, first, proposals)
                return Obtained(launched, counts)

    def _propose(self, first: int, size: int) -> list[Proposal]:
        """The trials from number ``first``; TPE's never reach into the next round."""
        seed = self._study.spec.study.seed
        if not self._looks_back:
            return propose_random(self._space, seed, range(first, first + size))
        end = min(first + size, round_start(first) + TPE_ROUND)
        history = history_of(self._space, self._store.finished_trials(self._study.study_id))
        return propose_tpe(self._space, seed, range(first, end), history)
