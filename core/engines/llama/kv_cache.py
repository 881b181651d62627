"""What the model already has in its KV cache, so that it is not evaluated twice.

Owns the list of cached entries, the next position and the choice between the live cache and
the saved copies; knows nothing of text. Nothing is taken for a common prefix unless every
token, picture and recording in it is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from core.engines.llama.native_model import NativeModel
from core.engines.llama.prompt_entries import (
    Entry,
    Media,
    common_prefix,
    positions_in,
    tokens_in,
)
from core.engines.llama.saved_states import SavedState, SavedStates

WORTH_TOKENS = 32
"""Fewer tokens than this are evaluated again rather than saved or restored. Copying the
cache of a conversation takes about as long as evaluating a few tokens."""

EvaluateMedia = Callable[[Media, int], None]
"""Encodes one medium of a prompt and evaluates it from a position on."""


class KvCache:
    """Puts prompts and answers into the cache of one model, reusing the common prefix.

    Before a prompt is put, the live cache and the copies of earlier ones compete for the
    longest common prefix. A live cache that loses is copied first.
    """

    def __init__(self, model: NativeModel) -> None:
        self._model = model
        self._saved = SavedStates(model.context_tokens)
        self._live: list[Entry] = []
        self._prompt_entries = 0
        self._next_position = 0

    def put_prompt(
        self, prompt: Sequence[Entry], evaluate_media: EvaluateMedia | None = None
    ) -> int:
        """Evaluate what of `prompt` is new; returns how many of its tokens were reused.

        Args:
            evaluate_media: needed for a prompt that holds media.

        Raises: Cancelled, EngineFailed. What was evaluated by then is reused later.
        """
        # The last entry is always evaluated: the answer begins with its logits.
        body = prompt[:-1]
        self._change_to(body)
        reused = self._keep(common_prefix(self._live, body))
        reused_tokens = tokens_in(body[:reused])
        self._prompt_entries = len(prompt)
        self._evaluate(body[reused:], evaluate_media)
        if not self._model.rewinds:
            self._save(None)
        self._evaluate(prompt[-1:], evaluate_media)
        return reused_tokens

    def put_token(self, token: int) -> None:
        """Append one token of the answer.

        Raises: Cancelled, EngineFailed.
        """
        self._evaluate((token,), None)

    def _evaluate(self, entries: Sequence[Entry], evaluate_media: EvaluateMedia | None) -> None:
        for piece in _pieces(entries, self._model.batch_tokens):
            self._model.abort.check()
            if isinstance(piece, Media):
                assert evaluate_media is not None  # noqa: S101  # only media prompts hold media
                evaluate_media(piece, self._next_position)
                self._live.append(piece)
                self._next_position += piece.positions
            else:
                self._model.decode(piece, self._next_position)
                self._live += piece
                self._next_position += len(piece)

    def _change_to(self, body: Sequence[Entry]) -> None:
        """Make the cache that shares most with `body` the live one."""
        whole = not self._model.rewinds
        count = common_prefix(self._live, body)
        shared_tokens = 0 if whole and count < len(self._live) else tokens_in(body[:count])
        state, saved_count = self._saved.best(body, whole=whole)
        if tokens_in(body[:saved_count]) <= shared_tokens + WORTH_TOKENS:
            state = None
        if _is_left(self._live, self._prompt_entries, count):
            self._save(state)
        if state is not None:
            self._restore(state)
            # What is live now needs no copy: it is made anew when it is left.
            self._saved.drop(state)
            if _is_left(state.entries, state.prompt_entries, saved_count):
                self._saved.add(state)

    def _save(self, keep: SavedState | None) -> None:
        """Copy the live cache, if there is room beside the copy `keep`."""
        tokens = tokens_in(self._live)
        # A broken off evaluation may have left more than is known of; a recurrent state is
        # then half overwritten, and refuses to go back.
        if tokens <= WORTH_TOKENS or not self._model.forget_from(self._next_position):
            return
        if self._model.rewinds:
            self._saved.drop_beginnings_of(self._live, keep)
        if self._saved.make_room(tokens, self._model.state_bytes(), keep):
            self._saved.add(
                SavedState(tuple(self._live), self._prompt_entries, self._model.state())
            )

    def _restore(self, state: SavedState) -> None:
        self._keep(0)
        if self._model.restore(state.data):
            self._live = list(state.entries)
            self._next_position = positions_in(self._live)
        else:
            self._model.forget_all()

    def _keep(self, count: int) -> int:
        """Forget all but the first `count` entries, or all, where the model cannot do less."""
        position = positions_in(self._live[:count])
        if count == 0 or not self._model.forget_from(position):
            self._model.forget_all()
            count = position = 0
        del self._live[count:]
        self._next_position = position
        return count


def _is_left(entries: Sequence[Entry], prompt_entries: int, kept: int) -> bool:
    """Whether a prompt that keeps the first `kept` entries leaves their conversation.

    An answer that its own conversation does not repeat, as thoughts, is no loss.
    """
    return tokens_in(entries[kept:prompt_entries]) > WORTH_TOKENS


def _pieces(entries: Sequence[Entry], limit_tokens: int) -> Iterator[list[int] | Media]:
    """Media one by one, and the text between them in batches."""
    batch: list[int] = []
    for entry in entries:
        if batch and (isinstance(entry, Media) or len(batch) == limit_tokens):
            yield batch
            batch = []
        if isinstance(entry, Media):
            yield entry
        else:
            batch.append(entry)
    if batch:
        yield batch
