from concurrent.futures import ThreadPoolExecutor

import pytest

from core.retrieval import terms
from core.retrieval.terms import SearchWord, search_words


def word(text: str) -> SearchWord:
    (found,) = search_words(text)
    return found


@pytest.mark.parametrize(
    "words",
    [
        "configurar configuro configurando", "servidor servidores", "configured configuring",
        "running runs", "city cities", "contraseña contraseñas CONTRASEÑA", "house houses",
        "password passwords", "reunión reuniones", "instalar instalo instalando", "dog dog's dog’s",
    ],
)  # fmt: skip
def test_forms_of_one_word_share_a_stem(words: str) -> None:
    forms = [word(form) for form in words.split()]
    shared = set(forms[0].terms).intersection(*(form.terms for form in forms))
    assert shared


@pytest.mark.parametrize(
    ("one", "other"),
    [("wifi", "wide"), ("ip", "if"), ("gato7", "gato8"), ("c++", "c"), ("c#", "c")],
)
def test_different_words_do_not(one: str, other: str) -> None:
    first = {term for found in search_words(one) for term in found.terms}
    second = {term for found in search_words(other) for term in found.terms}
    assert not first & second


def test_function_words_case_and_missing_accents_do_not_count() -> None:
    asked, written = (
        search_words("CONFIGURACION servidor"),
        search_words("¿Cuál es la configuración del servidor?"),
    )
    assert len(asked) == len(written) == 2
    for one, other in zip(asked, written, strict=True):
        assert set(one.terms) & set(other.terms)
    assert len(search_words("What is the CONFIGURATION of the servers?")) == 2
    assert search_words("hola, gracias") == []


def test_a_word_does_not_depend_on_who_else_asks() -> None:
    words = [f"{stem}{ending}" for stem in ("habl", "com", "cant", "walk", "jump")
             for ending in ("ar", "amos", "ing", "ed", "aciones")]  # fmt: skip
    alone = [word(each) for each in words]
    terms._search_word.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(word, words)) == alone
