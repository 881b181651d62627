"""What the model is trained on, in which shares, from the first step to the last.

Owns the shares; knows nothing of tokens. Talk comes as conversations of several turns on
different matters, so that the last question is the one that is answered.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from random import Random

from models.nano.text.arithmetic import small_sum
from models.nano.text.batches import Conversation
from models.nano.text.chat import feeling, refused, small_talk
from models.nano.text.passages import SHAPES, Turn, reading
from models.nano.text.prompt import sources_text
from models.nano.text.words import Words

READING_SHARE = 0.5
EARLIER_SHARE = 0.12
ALONE_SHARE = 0.85
OPENING_SHARE = 0.75
OPENING_TOKENS = 12
"""Of most answers in talk the opening is trained: sums are shorter, fixed answers known by it."""
REPEATED_SHARE = {"first": 0.3, "later": 0.03}
FIRST_PART = 0.05
CHATTING_INTENTS = frozenset(
    {
        *("greeting", "goodbye", "thank_you", "how_old_are_you", "what_is_your_name", "yes", "no"),
        *("who_made_you", "are_you_a_bot", "what_can_i_ask_you", "calculator", "maybe", "repeat"),
        *("what_are_your_hobbies", "where_are_you_from", "user_name", "cancel", "next_song"),
        *("who_do_you_work_for", "do_you_have_pets", "change_ai_name", "change_user_name"),
    }
)


class Mixture:
    """Draws conversations. `routing_data`: a folder with clinc150/data_full.json (CC-BY-3.0)
    and hwu64/utterances.csv (CC-BY-4.0), whose questions are out of reach; None for none."""

    def __init__(self, routing_data: Path | None) -> None:
        self._english_beyond = beyond_from(routing_data)

    def draw(self, random: Random, progress: float) -> Conversation | None:
        first = progress < FIRST_PART
        if random.random() < REPEATED_SHARE["first" if first else "later"]:
            return None
        w = Words(random.choice(("en", "es")), random)
        if random.random() < READING_SHARE:
            return self._reading(w, progress)
        return self._talk(w)

    def _reading(self, w: Words, progress: float) -> Conversation:
        r = w.random
        tiny, short, full = _size_weights(progress)
        shape = SHAPES[r.choices(("tiny", "short", "full"), (tiny, short, full))[0]]
        numbered = r.random() > 0.08
        made = reading(w, shape, numbered=numbered)
        turns = [r.choice(made.turns)] if made.turns else []
        if turns and r.random() < EARLIER_SHARE:
            turns.insert(0, self._turn(w) if r.random() < 0.5 else r.choice(made.turns))
        return Conversation(sources_text(made.passages, numbered=numbered), tuple(turns))

    def _talk(self, w: Words) -> Conversation:
        r = w.random
        if r.random() < ALONE_SHARE:
            opening = OPENING_TOKENS if r.random() < OPENING_SHARE else None
            return Conversation("", (self._turn(w),), opening)
        turns = [self._turn(w) for _ in range(r.choice((2, 3, 4)))]
        if r.random() < 0.2:
            other = Words("es" if w.language == "en" else "en", r)
            turns.append(self._turn(other))
        return Conversation("", tuple(turns))

    def _turn(self, w: Words) -> Turn:
        draw = w.random.random()
        if draw < 0.35:
            return small_talk(w)
        if draw < 0.47:
            return feeling(w)
        if draw < 0.82:
            return small_sum(w)
        return refused(w, self._english_beyond if w.language == "en" else ())


def _size_weights(progress: float) -> tuple[float, float, float]:
    """Shares of tiny, short and full readings."""
    if progress < 0.3:
        return 0.8, 0.2, 0
    if progress < 0.7:
        return 0.5, 0.4, 0.1
    return 0.3, 0.4, 0.3


def beyond_from(folder: Path | None) -> tuple[str, ...]:
    """Real English questions that the model must refuse, of the training splits only."""
    if folder is None:
        return ()
    stored = json.loads((folder / "clinc150" / "data_full.json").read_text(encoding="utf-8"))
    rows = [*stored["train"], *stored["oos_train"], *stored["oos_val"]]
    asked = [text for text, intent in rows if intent not in CHATTING_INTENTS]
    with (folder / "hwu64" / "utterances.csv").open(encoding="utf-8", newline="") as file:
        asked += [
            row[0]
            for row in csv.reader(file)
            if row and not row[1].startswith(("general", "qa_maths"))
        ]
    return tuple(asked)
