"""Remembering, finding and forgetting, on the real database and the real store."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput, StorageError
from core.memory.memory import Memory
from core.memory.telling import LONGEST_FACT
from core.storage.folder import DataFolder
from tests.memory.conftest import NOON, Calendar, OpenMemory, texts

LUNA = "Mi perro se llama Luna"


def test_a_fact_is_found_by_its_words_in_any_form(memory: Memory) -> None:
    memory.remember(LUNA)
    memory.remember("Soy alérgico a los cacahuetes")
    assert texts(memory, "¿Cómo se llamaba aquel perro?") == [LUNA]
    assert texts(memory, "alérgica al cacahuete")[0] == "Soy alérgico a los cacahuetes"
    assert texts(memory, "xilófono") == []


def test_nothing_remembered_is_nothing_found_and_no_store_is_made(
    memory: Memory, folder: DataFolder
) -> None:
    assert memory.search("perro").recollections == ()
    assert not folder.memory_vectors.exists()
    assert not memory.anything()


def test_what_is_kept_is_private_and_outlives_the_process(
    open_memory: OpenMemory, folder: DataFolder
) -> None:
    first = open_memory()
    first.remember(LUNA)
    assert texts(first, "perro") == [LUNA]
    first.close()
    assert texts(open_memory(), "perro") == [LUNA]
    for path in folder.root.glob("memory.db*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.memory_vectors.stat().st_mode) == 0o700


def test_the_vectors_can_be_lost(open_memory: OpenMemory, folder: DataFolder) -> None:
    first = open_memory()
    first.remember(LUNA)
    assert texts(first, "perro") == [LUNA]
    first.close()
    shutil.rmtree(folder.memory_vectors)
    again = open_memory()
    assert texts(again, "perro") == [LUNA]
    again.rebuild()
    assert texts(again, "perro") == [LUNA]


def test_with_an_embedding_model_meaning_counts_and_questions_are_not_kept(
    open_memory: OpenMemory, memory_encoder: Path, folder: DataFolder
) -> None:
    memory = open_memory(encoder=memory_encoder)
    memory.remember(LUNA)
    memory.remember("Vivo en Lugo")
    (first, second) = memory.search("¿Cómo se llama mi perro?").recollections
    assert first.memory.text == LUNA
    assert first.meaning is not None
    assert second.meaning is not None  # no word in common: found by meaning alone
    with closing(sqlite3.connect(folder.memory)) as connection:
        kept = connection.execute("SELECT COUNT(*) FROM embeddings").fetchone()[0]
    memory.search("otra pregunta sobre perros")
    with closing(sqlite3.connect(folder.memory)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM embeddings").fetchone()[0] == kept


def test_the_same_fact_is_kept_once(memory: Memory) -> None:
    first = memory.remember(LUNA)
    assert memory.remember("mi perro  se llama luna.").id == first.id
    assert memory.remember("Debo 3.5 euros").id != memory.remember("Debo 35 euros").id
    assert len(memory.listed()) == 3


@pytest.mark.parametrize("nothing", ["", "  \n"])
def test_a_fact_has_words_and_an_end(memory: Memory, nothing: str) -> None:
    with pytest.raises(InvalidInput, match="nothing to remember"):
        memory.remember(nothing)
    with pytest.raises(InvalidInput, match="sarai index"):
        memory.remember("x" * (LONGEST_FACT + 1))
    assert memory.listed() == []


def test_odd_signs_are_kept(memory: Memory) -> None:
    assert memory.remember("👍🏽").text == "👍🏽"
    assert memory.remember("mitad \ud83d de un signo").text == "mitad � de un signo"
    assert memory.remember("cero\0byte").text == "cero\0byte"
    assert len(memory.listed()) == 3


def test_vectors_that_are_damaged_are_told_and_mended(
    open_memory: OpenMemory, folder: DataFolder
) -> None:
    first = open_memory()
    first.remember(LUNA)
    assert texts(first, "perro") == [LUNA]
    first.close()
    for path in folder.memory_vectors.rglob("*.json"):
        path.write_bytes(b"damaged")
    again = open_memory()
    with pytest.raises(StorageError, match="sarai memory rebuild"):
        again.search("perro")
    again.rebuild()
    assert texts(again, "perro") == [LUNA]


# Facts that change


def test_a_newer_fact_demotes_the_older_and_erases_nothing(
    memory: Memory, calendar: Calendar
) -> None:
    lugo = memory.remember("Vivo en Lugo")
    calendar.pass_by(days=10)
    vigo = memory.remember("Ahora vivo en Vigo")
    best, demoted = memory.search("¿dónde vivo, en Lugo?").recollections
    assert (best.memory.id, demoted.memory.id) == (vigo.id, lugo.id)
    assert best.score > demoted.score
    assert demoted.memory.superseded_by == vigo.id
    assert demoted.memory.valid_from == NOON
    assert demoted.memory.valid_until == NOON + timedelta(days=10)
    assert best.memory.valid_until is None


def test_who_finds_the_older_finds_the_newer(memory: Memory, calendar: Calendar) -> None:
    """Also when nothing of the newer fits the question."""
    memory.remember("Trabajo en Correos", subject="empleo")
    calendar.pass_by(days=1)
    memory.remember("Soy jubilada", subject="empleo")
    assert texts(memory, "Correos") == ["Soy jubilada", "Trabajo en Correos"]
    assert texts(memory, "jubilada") == ["Soy jubilada"]
    bearing = memory.recall("Correos", 4).recollections
    assert [each.memory.text for each in bearing] == ["Soy jubilada", "Trabajo en Correos"]


def test_the_order_of_telling_does_not_matter(memory: Memory) -> None:
    memory.remember("Vivo en Vigo", valid_from=NOON)
    memory.remember("Vivo en Lugo", valid_from=NOON - timedelta(days=900))
    memory.remember("Vivo en León", valid_from=NOON - timedelta(days=90))
    ends = {each.text: each.valid_until for each in memory.listed()}
    assert ends == {
        "Vivo en Vigo": None,
        "Vivo en León": NOON,
        "Vivo en Lugo": NOON - timedelta(days=90),
    }


def test_what_comes_true_later_demotes_nothing_yet(memory: Memory, calendar: Calendar) -> None:
    memory.remember("Vivo en Lugo")
    memory.remember("Vivo en Vigo", valid_from=NOON + timedelta(days=30))
    now = {each.memory.text: each.score for each in memory.search("vivo").recollections}
    assert now["Vivo en Lugo"] > 0.9
    calendar.pass_by(days=31)
    assert texts(memory, "vivo") == ["Vivo en Vigo", "Vivo en Lugo"]


def test_a_fact_that_has_ended_by_itself_is_demoted(memory: Memory, calendar: Calendar) -> None:
    memory.remember("Vacaciones en Cádiz", valid_until=NOON + timedelta(days=7))
    (before,) = memory.search("Cádiz").recollections
    calendar.pass_by(days=8)
    (after,) = memory.search("Cádiz").recollections
    assert after.score < before.score / 1.8


def test_when_the_newer_is_forgotten_the_older_holds_again(
    memory: Memory, calendar: Calendar
) -> None:
    memory.remember("Vivo en Lugo")
    calendar.pass_by(days=1)
    memory.forget([memory.remember("Vivo en Vigo")])
    (only,) = memory.listed()
    assert (only.text, only.superseded_by, only.valid_until) == ("Vivo en Lugo", None, None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(st.permutations(range(5)))
def test_each_fact_ends_where_the_next_begins(memory: Memory, order: list[int]) -> None:
    user = uuid4().hex
    for number in order:
        began = NOON - timedelta(days=number)
        memory.remember(f"Vivo en {number}", valid_from=began, subject="live at", user=user)
    facts = sorted(memory.listed(user=user), key=lambda each: each.valid_from or NOON)
    assert [each.valid_until for each in facts] == [*(f.valid_from for f in facts[1:]), None]
    assert [each.superseded_by for each in facts] == [*(each.id for each in facts[1:]), None]


# Conversations


def test_turns_are_found_with_what_was_said_beside_them(memory: Memory, calendar: Calendar) -> None:
    for asked, answered in (
        ("¿Qué coche compro?", "Un Seat Ibiza."),
        ("¿De qué color?", "Rojo."),
        ("Cuéntame un chiste", "Van dos y se cae el del medio."),
    ):
        memory.keep_turn(asked, answered, thread="coches")
        calendar.pass_by(minutes=1)
    found = texts(memory, "el coche que iba a comprar")
    assert found[:2] == ["¿Qué coche compro?", "Un Seat Ibiza."]
    assert "Rojo." not in found
    bearing = memory.recall("¿Qué coche compro?", 4).recollections
    assert [each.memory.text for each in bearing] == found[:2]


def test_an_exchange_without_a_thread_has_no_neighbours_but_its_own(
    memory: Memory, calendar: Calendar
) -> None:
    memory.remember("Me gusta el mar")
    memory.keep_turn("¿Qué coche compro?", "Un Seat Ibiza.")
    calendar.pass_by(minutes=1)
    memory.keep_turn("¿Qué hora es?", "No lo sé.")
    assert texts(memory, "coche") == ["¿Qué coche compro?", "Un Seat Ibiza."]


def test_newer_turns_come_first_where_they_are_as_alike(memory: Memory, calendar: Calendar) -> None:
    memory.keep_turn("receta de tortilla uno", "", thread="a")
    calendar.pass_by(days=60)
    memory.keep_turn("receta de tortilla dos", "", thread="b")
    assert texts(memory, "receta tortilla")[0] == "receta de tortilla dos"


def test_a_long_answer_is_found_in_the_part_that_fits(memory: Memory) -> None:
    filler = " ".join(f"Frase número {number} sin nada." for number in range(200))
    memory.keep_turn("cuenta", f"{filler} El faro está en Ons. {filler}", thread="t")
    best = memory.search("faro Ons").recollections[0]
    assert "El faro está en Ons." in best.passage
    assert len(best.passage) < 300


@pytest.mark.parametrize("thread", ["a/b", "..", "a b", "ñ", "%2F", "t/m7"])
def test_threads_of_any_name_stand_apart(memory: Memory, thread: str) -> None:
    memory.keep_turn("perro uno", "", thread=thread)
    memory.keep_turn("perro dos", "", thread=f"{thread}x")
    assert texts(memory, "perro", thread=thread) == ["perro uno"]
    memory.forget_thread(thread)
    assert texts(memory, "perro") == ["perro dos"]


def test_users_never_see_one_another(memory: Memory) -> None:
    ana = memory.remember("Mi clave es tulipán", user="ana")
    memory.remember("Mi clave es rosa", user="")
    memory.keep_turn("la clave de ana", "sí", user="ana", thread="t")
    assert texts(memory, "clave") == ["Mi clave es rosa"]
    assert texts(memory, "clave", user="eva") == []
    assert len(texts(memory, "clave", user="ana")) == 3
    assert memory.matching(f"#{ana.id}") == memory.matching(ana.text) == []
    assert memory.match("clave tulipán", user="eva") == 0
    assert [each.text for each in memory.listed(user="")] == ["Mi clave es rosa"]
    assert {each.superseded_by for each in memory.listed(user="ana")} == {None}


def test_facts_and_turns_can_be_searched_apart(memory: Memory) -> None:
    memory.remember(LUNA)
    memory.keep_turn("mi perro ladra", "Vaya.", thread="t")
    assert texts(memory, "perro", kinds=("fact",)) == [LUNA]
    assert LUNA not in texts(memory, "perro", kinds=("turn",))


# What bears on a question


def test_a_fact_comes_back_by_one_word_and_a_turn_by_most(memory: Memory) -> None:
    memory.remember("Pablo es alérgico a los cacahuetes")
    memory.keep_turn("¿Qué hago de cena para Pablo?", "Una tortilla.", thread="t")
    recalled = memory.recall("una receta de galletas de cacahuete", 4).recollections
    assert [each.memory.kind for each in recalled] == ["fact"]
    recalled = memory.recall("¿Qué cena hago para Pablo?", 4).recollections
    assert {each.memory.kind for each in recalled} == {"fact", "turn"}
    assert memory.recall("hola, ¿qué tal?", 4).recollections == ()
    memory.remember("mi gata se llama Perla")
    assert memory.recall("¿Qué es llama-server?", 4).recollections == ()
    assert len(memory.recall("¿Cómo se llama?", 4).recollections) == 1
    assert len(memory.recall("¿Qué cena hago para Pablo?", 1).recollections) == 1


# Forgetting


def test_what_was_forgotten_is_gone_and_does_not_come_back_by_itself(memory: Memory) -> None:
    memory.remember("Vivo en Lugo")
    assert memory.forget([memory.remember(LUNA)]) == 1
    assert texts(memory, "perro Luna") == []
    assert memory.learn("mi perro se llama Luna.") is None
    assert memory.learn("¡MI PERRO SE LLAMA LUNA!") is None
    assert memory.learn("Mi gata se llama Luna") is not None
    assert memory.learn(LUNA, user="ana") is not None  # it was not hers that was forgotten
    assert LUNA not in [each.text for each in memory.listed()]
    assert memory.remember(LUNA).text == LUNA  # asked for by name
    memory.forget(memory.matching("vivo en lugo"))
    assert memory.learn(LUNA) is not None


def test_the_turns_that_say_it_go_with_it(memory: Memory) -> None:
    fact = memory.remember(LUNA)
    memory.keep_turn(f"recuerda que {LUNA}", "De acuerdo.", thread="t")
    memory.keep_turn("mi perro se llama lunares", "Vaya.", thread="t")
    assert memory.forget([fact]) == 2
    assert texts(memory, "perro Luna")[0] == "mi perro se llama lunares"


def test_nothing_forgotten_stays_in_the_bytes(
    open_memory: OpenMemory, memory_encoder: Path, folder: DataFolder
) -> None:
    memory = open_memory(encoder=memory_encoder)
    memory.remember("Vivo en Lugo")
    secret = memory.remember("mi contraseña es xilofonotrompeta")
    assert texts(memory, "xilofonotrompeta")[0] == secret.text
    memory.forget([secret])
    memory.close()
    files = [folder.memory, *folder.root.glob("memory.db-*"), *folder.memory_vectors.rglob("*")]
    for path in files:
        assert not path.is_file() or b"xilofonotrompeta" not in path.read_bytes()
    with closing(sqlite3.connect(folder.memory)) as connection:
        vectors = connection.execute("SELECT COUNT(*) FROM embeddings").fetchone()[0]
        terms = connection.execute("SELECT COUNT(*) FROM terms WHERE chunks > 0").fetchone()[0]
    assert vectors == 2  # of the other fact, and of the store's dimensions
    assert terms < 10


def test_a_thread_is_forgotten_and_may_say_the_same_again(memory: Memory) -> None:
    memory.remember(LUNA)
    memory.keep_turn("hola", "¡Hola!", thread="t", user="ana")
    memory.keep_turn("hola", "¡Hola!", thread="u")
    memory.forget_thread("t")
    memory.forget_thread("")
    assert memory.listed(user="ana") == []
    assert len(memory.listed()) == 3
    memory.keep_turn("hola", "¡Hola!", thread="t", user="ana")
    assert len(memory.listed(user="ana")) == 2


def test_everything_can_be_forgotten(memory: Memory) -> None:
    memory.remember(LUNA, user="ana")
    memory.forget([memory.remember("Vivo en Lugo")])
    memory.keep_turn("hola", "¡Hola!")
    assert memory.forget_everything() == 3
    assert memory.listed() == memory.listed(user="ana") == []
    assert memory.search("hola").recollections == ()
    assert memory.learn("Vivo en Lugo") is not None
    assert texts(memory, "Lugo") == ["Vivo en Lugo"]


def test_a_number_or_the_very_words_say_what_is_meant(memory: Memory) -> None:
    kept = memory.remember(LUNA)
    memory.remember("Mi perro come mucho")
    assert memory.matching(str(kept.id)) == memory.matching(f"#{kept.id}") == [kept]
    assert memory.matching("mi perro se llama luna") == [kept]
    for unknown in ("perro", "999", "9" * 40, "", "#"):
        assert memory.matching(unknown) == []


def test_a_damaged_database_is_told(open_memory: OpenMemory, folder: DataFolder) -> None:
    folder.memory.write_bytes(b"no database" * 100)
    with pytest.raises(StorageError, match="damaged"):
        open_memory()
