"""The state that travels through the graph: every key, its type and its meaning.

Owns the schema; holds no logic. All values are plain (str, numbers, lists, dicts), so that
a checkpoint can store them; media travel as paths, never as bytes.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

Language = Literal["es", "en"]
InputType = Literal["text", "audio", "image", "video"]
TextRoute = Literal["expert", "tiny", "rag", "omni"]
Route = Literal["expert", "tiny", "rag", "omni", "vision"]
AgentName = Literal["expert", "tiny", "omni", "vision", "rag", "developer"]
Task = Literal[
    "coding", "reasoning", "exploration", "writing", "simple", "analysis", "creative", "research"
]
DeveloperTask = Literal["analyze", "fix", "validate", "document", "test"]  # steps of mending code
Phase = Literal["planning", "research", "generation", "review", "refinement", "validation"]
Variety = Literal["es-ES", "es-MX", "es-AR", "es-CO", "es-CL", "neutral"]
Address = Literal["tú", "vos", "usted"]
Formality = Literal["formal", "informal"]
ToneStyle = Literal[
    "energetic_positive",
    "warm_positive",
    "urgent_support",
    "soft_support",
    "focused_alert",
    "low_energy",
    "neutral_support",
]


class Preferences(TypedDict, total=False):
    """What the caller wants of this answer; absent keys follow the configuration."""

    speed: bool
    quality: bool
    strategy: str
    model: str
    language: Language
    max_tokens: int
    temperature: float
    seed: int
    cache: bool  # False: answer anew; True: an answer of earlier will do at any temperature


class Scores(TypedDict):
    """Independent scores in [0, 1], not a distribution."""

    hard: float
    soft: float
    web_query: float
    doc_match: float


class Emotion(TypedDict):
    """How the user's words read. `valence` 0 (bad) to 1 (good), `arousal` 0 (calm) to 1.

    `confidence` is the calibrated probability of the label.
    """

    label: str
    valence: float
    arousal: float
    confidence: float


class Spanish(TypedDict):
    """How somebody's Spanish is written; None: no word shows it."""

    variety: Variety
    address: Address | None
    formality: Formality | None


class Prosody(TypedDict):
    """How a reply is read aloud, as factors of the voice's own rate, pitch and volume."""

    rate: float
    pitch: float
    volume: float


class EmotionDiff(TypedDict):
    """What was changed: `opening` was put before the model's words.

    `numbers_left_out`: how many telephone numbers of its were replaced, because an invented one
    could cost a life. Everything else is as the model wrote it.
    """

    opening: str
    numbers_left_out: int


class Citation(TypedDict):
    """A passage that the answer could draw on; `number` is how the answer cites it.

    With `page` (from 1) the lines are counted on that page. `sha256` is of the whole file as
    it was when the passage was read. A page of the web has its address as `path`, lines 0 and no
    `sha256`.
    """

    number: int
    path: str
    first_line: int
    last_line: int
    page: int | None
    sha256: str
    quote: str


class UsedMemory(TypedDict):
    """A memory that the model was shown. `text` is the part of it that was; times are ISO 8601.

    `id` is what `/forget` takes; `valid_until` is when a fact that is no longer true ended.
    """

    id: int
    kind: Literal["fact", "turn"]
    speaker: Literal["user", "assistant"]
    text: str
    said_at: str
    thread: str
    valid_until: str | None
    score: float


class TurnUsage(TypedDict):
    """What the turn cost, over all model calls. `memory_mb` is the answering model's, MiB."""

    calls: int
    prompt_tokens: int
    reused_tokens: int
    completion_tokens: int
    memory_mb: float | None


class ModelDraw(TypedDict):
    """Who could have answered and with which probability, where lot or learning decided.

    `default` would have answered otherwise; `chosen` was drawn.
    """

    default: str
    chosen: str
    shares: dict[str, float]


class TurnFeedback(TypedDict):
    """Under which name the turn is in the log, and what it told of the turn before it.

    `judged` is that turn's `run_id` and `signal` how its answer was received; None where
    nothing was told.
    """

    run_id: str
    judged: str | None
    signal: str | None


class PastTurn(TypedDict):
    """One earlier exchange of the thread, as later prompts see it."""

    user: str
    assistant: str


class State(TypedDict, total=False):
    """Everything one turn takes in and gives out.

    Input keys are set by the caller; all others are filled by the nodes. In the final
    state every key is present; None means "not for this turn".
    """

    # Input
    input: str | None  # the user's words
    image_path: str | None
    video_path: str | None
    audio_input: str | None  # path of the recording; the caller may also give bytes or an array
    images: list[str] | None  # paths; the caller may give any accepted form
    fps: float | None  # frames per second to look at in a video
    video_start_s: float | None
    video_end_s: float | None
    resolution: int | None  # longest side of an image in pixels before the model sees it
    thread_id: str | None  # names a conversation that is remembered
    user_id: str | None
    system_prompt: str | None  # replaces the agent's own
    context: list[str] | None  # passages the answer should use
    store_memory: bool | None  # None: as configured; False: no word of this turn is kept
    retrieve_context: bool | None  # documents and memory: None where they bear on it; False: not
    preferences: Preferences | None

    # Conversation, kept across the turns of a thread
    history: list[PastTurn]

    # Output
    input_type: InputType | None
    transcript: str | None  # what was heard in the recording
    language: Language | None
    scores: Scores | None
    task: Task | None
    alpha: float | None  # weight of the expert branch; alpha + beta = 1
    beta: float | None  # weight of the empathic branch
    out_of_scope: float | None  # probability that nothing is asked for that the scores know
    token_budget: int | None  # longest answer that the question wants
    skill_used: str | None  # the preset that the answering agent followed
    route: Route | None  # the branch that answered; media choose theirs by their kind
    route_reason: str | None
    agent_used: AgentName | None
    model_used: str | None  # name of the model in the configuration
    model_draw: ModelDraw | None  # None: the configuration or a wish decided
    cached_at: str | None  # when the model said it, for an answer of earlier; ISO 8601, UTC
    tried: list[str]  # models that failed before model_used answered, in order
    emotion: Emotion | None
    tone_style: ToneStyle | None
    spanish: Spanish | None  # of the user; None when they write English
    emotion_diff: EmotionDiff | None
    prosody: Prosody | None  # how the reply is spoken
    response: str | None
    finish_reason: Literal["stop", "length", "cancelled"] | None
    memories: list[UsedMemory]  # what was remembered and shown to the model
    remembered: str | None  # the fact that was kept of this turn
    citations: list[Citation]
    rag_metadata: dict[str, Any] | None
    audio_output: str | None  # path of the spoken reply, WAV
    feedback: TurnFeedback | None
    warnings: list[str]  # what was degraded or left out, for a person to read
    timings_ms: dict[str, float]  # wall time of each node that ran, and "total"
    usage: TurnUsage | None
