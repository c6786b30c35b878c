"""The main loop: propose, launch, train, record, until the study has its trials; then conclude."""

import contextlib
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from ..datasets.wording import counted
from ..diagnostics.bayes.data_reading import DataReading
from ..storage import StorageError
from ..storage.records.results import TrialResult
from ..storage.records.runs import RunCosts
from ..storage.records.study import StudyCounts
from .again import Again
from .aside import Aside
from .best_network import BestNetwork
from .costs import Costs
from .data_placement import placement_text
from .diagnosed import Diagnosed
from .heartbeat import beating
from .lane_choice import choose_plan
from .progress import Conclusion, Ending, Phase, Progress
from .pruning import Referee
from .replay import Replay
from .study_start import OpenStudy
from .supply import PAUSE, Supply
from .trainer import Trainer
from .writer import ResultWriter


class Orchestrator:
    """One process' work on one study."""

    def __init__(
        self,
        study: OpenStudy,
        folder: Path,
        stop: threading.Event,
        costs: Costs,
        reading: Callable[[], DataReading],
        aside: Aside,
    ) -> None:
        """Plan the work.

        Args:
            study: to train trials of.
            folder: for the best network and the reports.
            stop: see ``study_run.run_study``.
            costs: to note them in.
            reading: waits for what small models make of the data.
            aside: works out what needs no network.
        """
        timeout = study.spec.study.timeout
        record = study.store.load_study(study.spec.study.name, curves_of=0)
        self.study, self.folder, self.stop, self.store = study, folder, stop, study.store
        self.costs, self.reading, self.aside = costs, reading, aside
        stream = study.placement.stream
        with costs.measured("compile"):  # a GPU is asked which K suits: that is mostly compiling
            self.plan = choose_plan(study.spec, study.dataset, record.trials, stream=stream)
        pruning = study.spec.pruning
        self.referee, self.replay = None, Replay((), 1)
        window, segment = self.plan.lanes, study.spec.compute.segment
        if pruning.prunes_trials:
            epochs = study.spec.training.epochs
            window, segment = pruning.window, pruning.tick(epochs)
            self.referee = Referee(pruning, study.spec.study.name, epochs)
            self.replay = Replay(study.store.load_study(record.name).trials, segment)
        lockstep = self.referee is not None
        self.trainer = Trainer(
            study.spec,
            study.dataset,
            self.plan,
            window,
            segment,
            lockstep=lockstep,
            costs=costs,
        )
        self.counts = study.store.counts(study.study_id)
        self.best = BestNetwork(folder, study.spec, study.dataset, record.best())
        self.deadline = time.monotonic() + timeout if timeout else float("inf")

    def steps(self) -> Iterator[Progress]:
        """Train what is left, then conclude."""
        worker_id = self.store.register_worker(self.study.study_id)
        try:
            with beating(self.store, worker_id):
                yield from self.train(worker_id)
                yield from self.train_again()
        finally:
            # A database that fails here has failed before, and its error is on its way.
            with contextlib.suppress(StorageError):
                self.store.end_worker(worker_id)
                self.store.note_costs(worker_id, self.spent())
        ending = self.ending() or Ending.FINISHED
        counts = self.counts = self.store.counts(self.study.study_id)
        diagnosis = unwritten = None
        if counts.completed and ending is not Ending.INTERRUPTED:
            yield self.progress(Phase.DIAGNOSING)
            with self.costs.measured("diagnose"):
                # Here, since SciPy and scikit-learn take a second; the first trial need not wait.
                from .conclusion import conclude, report
            yield from self.restore_best()
            with self.costs.measured("diagnose"):
                found = conclude(self.study, self.folder, self.reading(), self.aside)
            costs = self.spent()
            self.store.note_costs(worker_id, costs)
            timed = Diagnosed(replace(found.study, costs=costs), found.diagnosis)
            diagnosis, unwritten = report(timed, self.folder)
        conclusion = Conclusion(
            self.study.spec.study.name,
            ending,
            counts.completed,
            counts.diverged,
            diagnosis,
            self.folder,
            pruned=counts.pruned,
            costs=self.spent(),
            running=counts.running,
        )
        yield self.progress(Phase.DONE)._replace(conclusion=conclusion)
        if unwritten:  # not before: what hours of training came to is told all the same
            raise unwritten

    def spent(self) -> RunCosts:
        """What this run has spent so far."""
        return self.costs.record(self.store.seconds)

    def ending(self) -> Ending | None:
        """Why the walk must end before all trials are done; ``None`` to go on."""
        if self.stop.is_set():
            return Ending.INTERRUPTED
        return Ending.TIMEOUT if time.monotonic() > self.deadline else None

    def fill(self, supply: Supply, held: set[int]) -> None:
        """Give the free lanes their next trials, by number, and add their ids to ``held``."""
        while (room := self.trainer.free - self.replay.running) > 0:
            supply.wait(room, idle=not self.trainer.running)
            waiting, replayed = supply.waiting, self.replay.next_number
            if replayed < (waiting[0].number if waiting else math.inf):
                self.replay.start()
                continue
            count = min(room, sum(trial.number < replayed for trial in waiting))
            if not count:
                return
            taken = [waiting.popleft() for _ in range(count)]
            held |= {trial.trial_id for trial in taken}
            self.trainer.add(taken)

    def train(self, worker_id: int) -> Iterator[Progress]:
        """Train and record until nothing is left; free lanes are filled after each segment.

        What is cut short is released for the next worker.
        """
        thread = ThreadPoolExecutor(1, "netclinic-database")
        writer = ResultWriter(self.store.finish, thread)
        supply = Supply(self.study, worker_id, thread, writer)
        held: set[int] = set()
        waited = False
        placement: str | None = placement_text(self.study.placement)
        try:
            while self.ending() is None:
                self.fill(supply, held)
                self.look_at_counts(supply.counts)
                if not self.trainer.running + self.replay.running:
                    if not supply.others:
                        break
                    yield self.progress(Phase.WAITING, note=None if waited else supply.waits_for())
                    waited = True
                    self.stop.wait(PAUSE)
                    continue
                waited = False
                supply.ask(self.needed_soon(), idle=False)
                if self.trainer.must_wait():
                    writer.flush()
                    yield self.progress(Phase.COMPILING, placement)
                    placement = None
                results, save = self.advance()
                writer.record(results, save)
                held -= {result.trial_id for result in results}
                if self.trainer.running or results:
                    yield self.progress(Phase.TRAINING, placement)
                    placement = None
            writer.finish()
        finally:
            self.trainer.clear()
            held |= {trial.trial_id for trial in supply.close()}
            writer.close()
            thread.shutdown()
            if held := held | writer.unrecorded:
                # If the database fails, the next worker finds that this process is gone.
                with contextlib.suppress(StorageError):
                    self.store.release(sorted(held), worker_id)

    def train_again(self) -> Iterator[Progress]:
        """Train the finalists again, as far as the spec wants it; what is cut short begins anew."""
        study = self.study
        if study.spec.study.replicates == 1 or self.ending():
            return
        counts = self.store.counts(study.study_id)
        if left := counts.running + counts.waiting:
            held = counted(left, "trial")
            note = f"The finalists are not trained again yet: other workers hold {held}."
            yield self.progress(Phase.REPLICATING, note=note)
            return
        thread = ThreadPoolExecutor(1, "netclinic-database")
        writer = ResultWriter(partial(self.store.record_replicates, study.study_id), thread)
        record = self.store.load_study(study.spec.study.name, curves_of=0)
        again = Again(record, study.spec, self.trainer, writer.record)
        try:
            for _ in again.segments():
                yield self.progress(Phase.REPLICATING)._replace(
                    replicates_wanted=again.wanted, replicates=again.done
                )
                if self.ending():
                    break
            writer.finish()
        finally:
            self.trainer.clear()
            writer.close()
            thread.shutdown()

    def needed_soon(self) -> int:
        """For how many trials there will be room after the next segment; a guess when pruning."""
        pruned = self.trainer.running // 2 if self.referee else 0
        return max(self.trainer.ending_soon, pruned)

    def look_at_counts(self, found: StudyCounts | None) -> None:
        """Take other workers' trials into account; of ours some results are not recorded yet."""
        if found:
            ended = ("completed", "pruned", "diverged")
            known = {name: max(getattr(found, name), getattr(self.counts, name)) for name in ended}
            self.counts = self.counts._replace(**known)

    def advance(self) -> tuple[list[TrialResult], Callable[[], None] | None]:
        """Train all trials in the lanes for a segment.

        Returns:
            The results of those that ended, and what saves the best among them, if it is the
            study's best; it is to be saved before they are recorded.
        """
        reports = self.replay.advance()
        results: list[TrialResult] = []
        save = None
        for look in self.trainer.step():
            save = self.best.consider(look) or save
            results += look.results
            reports += look.reports
        if self.referee:
            pruned = self.referee.judge(reports)
            self.replay.prune(pruned)
            results += self.trainer.prune(pruned)
        ended = Counter(result.outcome.value for result in results)
        known = {name: getattr(self.counts, name) + count for name, count in ended.items()}
        self.counts = self.counts._replace(**known)
        return results, save

    def restore_best(self) -> Iterator[Progress]:
        """Make sure that the folder holds the best trial's weights."""
        record = self.store.load_study(self.study.spec.study.name, curves_of=0)
        best = record.best()
        if best is not None and self.best.restore(best, self.trainer):
            kept = self.best.best and self.best.best[1]
            why = f", since {self.folder} lacked its weights"
            if record.winner() and kept is not None and kept != best.number:
                why = f" for its weights: new seeds make it the winner, in place of trial {kept}"
            note = f"Trained trial {best.number} again{why}."
            yield self.progress(Phase.DIAGNOSING, note=note)

    def progress(
        self, phase: Phase, placement: str | None = None, note: str | None = None
    ) -> Progress:
        """The study as it stands now; ``note`` comes behind what the trainer warns of."""
        error, number = self.best.best or (None, None)
        return Progress(
            phase=phase,
            wanted=self.study.spec.study.trials,
            completed=self.counts.completed,
            pruned=self.counts.pruned,
            diverged=self.counts.diverged,
            running=self.trainer.running,
            fraction=self.trainer.fraction,
            best_number=number,
            best_error=error,
            balanced=self.study.spec.study.minimises_balanced,
            device_use=self.costs.device_use,
            task=self.study.dataset.task,
            validation_rows=len(self.study.dataset.validation.labels),
            note="\n".join(filter(None, (*self.trainer.take_warnings(), note))) or None,
            placement=placement,
        )
